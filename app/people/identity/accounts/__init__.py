"""Accounts of people: finding, editing, disabling and enabling them; and one's own."""

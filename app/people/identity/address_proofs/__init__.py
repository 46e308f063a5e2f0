"""Proving that one reads what is mailed to one's address."""

"""Reminding by hand: a letter now to the people of one member, or of those who are late."""

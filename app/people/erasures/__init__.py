"""Forgetting a person: what is theirs is emptied, what they did stays."""

"""Whoever ends a collaboration and whoever gives it a place wait for one another."""

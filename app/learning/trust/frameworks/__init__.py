"""Frameworks and their versions: what is asked, drawn up by one and published by two."""

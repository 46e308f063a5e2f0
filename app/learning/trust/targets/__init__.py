"""Targets: from a level to a higher one, by whom and by when."""

"""Grants as open data by the 360Giving Data Standard: ours told, and those of others kept."""

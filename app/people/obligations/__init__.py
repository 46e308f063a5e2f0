"""What waits for somebody: how a package says it of its own nouns. Keeps no table."""

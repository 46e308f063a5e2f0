"""The first of two persons' words, for whoever gave it."""

"""The help that a collaboration was given."""

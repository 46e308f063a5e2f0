"""The risk register of a collaboration."""

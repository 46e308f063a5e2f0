"""The organisations that take part in a collaboration."""

"""Reading grants that others published by the 360Giving Data Standard."""

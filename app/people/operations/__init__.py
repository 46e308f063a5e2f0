"""Long operations, as those who asked for them see them."""

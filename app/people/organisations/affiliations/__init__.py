"""For which organisations people work."""

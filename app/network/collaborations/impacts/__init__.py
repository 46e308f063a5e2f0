"""What became better because of a collaboration, and how that is known."""

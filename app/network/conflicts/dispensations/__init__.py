"""That somebody may decide about one thing although they are not independent of it."""

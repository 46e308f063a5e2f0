"""Letters about claims."""

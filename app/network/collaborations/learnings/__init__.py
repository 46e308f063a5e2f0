"""What a collaboration learnt that others can use."""

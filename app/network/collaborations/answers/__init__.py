"""What a collaboration says of the criteria and principles of its programme."""

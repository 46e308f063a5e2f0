"""What somebody outside says of whether an answer holds."""

"""What was published of one subject as a whole, to read and to print, and what changed since."""

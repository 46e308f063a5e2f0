"""What people answer to where others say for whom they work."""

"""What spans packages: the numbers, and what waits for whom."""

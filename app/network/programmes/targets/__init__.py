"""What a programme means to reach, or not to exceed, by a day."""

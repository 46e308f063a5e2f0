"""What becomes of uploads that stopped coming and of files that nobody attached."""

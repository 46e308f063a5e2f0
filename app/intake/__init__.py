"""What other systems kept, and the real network, replayed."""

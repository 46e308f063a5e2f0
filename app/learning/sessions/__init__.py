"""Learning sessions and their series: when they are, who leads them, what becomes of them."""

"""Opening: the books of a fund, into which grants come that stood before them."""

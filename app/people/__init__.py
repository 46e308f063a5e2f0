"""Who acts, for whom they work, what they uploaded and what they started."""

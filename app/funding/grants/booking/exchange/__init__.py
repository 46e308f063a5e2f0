"""Exchange: what a grant in another currency than its fund is in the books of that."""

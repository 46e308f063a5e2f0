"""Chart pages: what a cohort's figures are, behind an address for those who have no account."""

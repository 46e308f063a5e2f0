"""What of a grant everybody is told: proposed, consented to by the grantee, published."""

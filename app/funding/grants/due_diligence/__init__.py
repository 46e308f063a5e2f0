"""What was found out about a grantee before and while it is funded, and what must be."""

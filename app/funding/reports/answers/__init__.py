"""What the grantee says of each criterion, and the evidence of it."""

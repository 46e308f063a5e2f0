"""What the team says among itself about a grant."""

"""Internal notes: what the team says among itself about a cohort, a membership, a grant."""

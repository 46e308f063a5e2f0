"""What was agreed: award, period, budget lines, milestones with their criteria; the agreement."""

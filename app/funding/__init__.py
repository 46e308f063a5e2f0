"""Grants, their milestones, and the reports by which they are paid."""

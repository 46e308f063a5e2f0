"""What one member has to do: each requirement of its cohort, open, met or waived."""

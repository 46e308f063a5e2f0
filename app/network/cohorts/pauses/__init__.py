"""Leave: asked for by the lead of a member, given by whoever runs the cohort, and over."""

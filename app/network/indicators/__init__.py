"""Indicators of outcome: what a programme wants to see change, and what its members say of it."""

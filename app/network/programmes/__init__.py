"""Programmes: what a convenor and its funders run together, and what they aim at."""

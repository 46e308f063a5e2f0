"""Letting a collaboration off sharing what it learnt."""

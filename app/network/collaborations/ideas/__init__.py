"""Collaborations that are ideas yet, and may come to nothing."""

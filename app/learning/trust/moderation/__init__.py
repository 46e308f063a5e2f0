"""Moderation of what was written in rounds. What is redacted stays as it is, and is not told."""

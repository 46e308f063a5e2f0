"""Polling: whoever holds an answer is told so without a count."""

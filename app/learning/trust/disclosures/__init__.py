"""Disclosures: to whom else a subject shows its results, until when, and taken back."""

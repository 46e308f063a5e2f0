"""Assessments: who is asked about whom in a round, and from which side."""

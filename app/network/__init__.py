"""Programmes, the collaborations they bring together, and the cohorts that learn."""

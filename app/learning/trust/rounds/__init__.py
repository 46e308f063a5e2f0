"""Rounds: when a cohort is asked what a framework asks, and what is promised beforehand."""

"""Organisations that are in the register twice."""

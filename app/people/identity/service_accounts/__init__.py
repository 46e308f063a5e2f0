"""Accounts of dashboards and scripts, each answered for by a person, and their client secrets."""

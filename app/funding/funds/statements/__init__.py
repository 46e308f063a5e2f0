"""Statements: what a ledger held on a day, and how it came to that."""

"""Accounting periods of a fund: once one is closed, what the ledger says of it never changes."""

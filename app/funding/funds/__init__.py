"""Funds: what a funder gives, and the double-entry ledger that says where each penny of it is."""

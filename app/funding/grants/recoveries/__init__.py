"""Recoveries: what was paid to a grantee and is to come back, or is given up."""

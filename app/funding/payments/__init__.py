"""Payments: what was earned, paid to the grantee's account by three people."""

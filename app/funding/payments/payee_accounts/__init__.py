"""Payee accounts: where a grant is paid to, said by the grantee and verified by a call."""

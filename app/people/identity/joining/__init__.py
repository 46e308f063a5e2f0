"""Joining by an invitation: an account is made, or proves itself, and takes the role."""

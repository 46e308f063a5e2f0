"""Signing in with a password, staying signed in with refresh tokens, and signing out."""

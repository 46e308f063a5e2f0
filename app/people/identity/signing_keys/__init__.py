"""The public keys by which others check our access tokens."""

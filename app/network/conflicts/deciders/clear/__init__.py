"""Whom nothing binds: what they may decide need not be asked person by person."""

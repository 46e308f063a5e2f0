"""Runs of payments: several of one fund, approved and released together."""

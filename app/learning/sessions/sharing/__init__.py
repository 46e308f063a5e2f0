"""Sharing: for which cohorts a session is besides the one that plans it, or for all of them."""

"""Readers of other people's files, which bring them in through the service's own verbs."""

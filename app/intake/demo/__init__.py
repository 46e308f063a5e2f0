"""The real network, replayed through the service's own verbs, as a demonstration."""

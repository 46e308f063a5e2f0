"""The service a convenor runs its peer learning network on."""

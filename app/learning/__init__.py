"""What cohorts learn by: the sessions that they hold together."""

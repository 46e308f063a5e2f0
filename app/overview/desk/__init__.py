"""What spans packages: the work that waits for an actor, and the record of everything."""

"""What is done without an actor: jobs, long operations, mail, storage."""

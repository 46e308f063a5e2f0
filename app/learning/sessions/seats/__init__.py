"""Seats: how many of a session are taken, and to whom one that is free is offered."""

"""Feedback: what those who took part say of a session, told of five or more and once for all."""

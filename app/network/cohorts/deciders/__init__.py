"""Decisions about members that nobody independent can take."""

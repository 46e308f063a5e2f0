"""Whom somebody writes to about what waits: who speaks for each side."""

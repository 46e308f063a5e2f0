"""Limits of authority: who pays, or gives up, how much at a time."""

"""Sittings: another time of the same session, for members whose clocks the first does not suit."""

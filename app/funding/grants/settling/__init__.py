"""Settling grants whose membership has ended: going on, beginning to close, ending them."""

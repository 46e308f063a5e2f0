"""The service a convenor runs its peer learning network on."""

import gc

gc.set_threshold(20_000, 20, 50)
"""How many new objects bring the collector's first turn, and how many turns a wider one: most of
what a process makes, from its first import on, is there to stay."""

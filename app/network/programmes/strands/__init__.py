"""The strands of a programme: the kinds of work it is made of."""

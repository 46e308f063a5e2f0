"""The agreements under which the data of a collaboration is shared."""

"""How roles that were given for a later day begin, or become void before they do."""

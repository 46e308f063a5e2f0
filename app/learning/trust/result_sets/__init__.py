"""Results of rounds: computed of what was answered, published by two, and never changed."""

"""On which nodes a role must be somebody's to grant, for it to reach no further than they do."""

"""How many bytes may be stored: by a person, for a collaboration, in the network."""

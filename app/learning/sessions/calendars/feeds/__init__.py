"""Calendar feeds: secret addresses at which a person's calendar program reads their sessions."""

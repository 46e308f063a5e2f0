"""Action items: what somebody said they would do, carried on from session to session."""

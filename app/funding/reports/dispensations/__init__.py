"""Who may decide about a report although they are not independent of it."""

"""Who may decide about a grant or a milestone although they are not independent of it."""

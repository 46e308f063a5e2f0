"""Who may decide about what: declared conflicts of interest, and independence as a whole."""

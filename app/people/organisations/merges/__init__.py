"""What two organisations were before they became one, so that it can be undone."""

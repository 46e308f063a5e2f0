"""Who may judge a member although they are not independent of it."""

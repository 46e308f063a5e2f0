"""Minutes: what was said in a session, and the recap that is published of it."""

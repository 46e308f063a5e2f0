"""Series: sessions that are planned together, by a rule."""

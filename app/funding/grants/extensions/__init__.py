"""Later due dates: asked for or given, granted or declined, the old date kept."""

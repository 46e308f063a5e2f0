"""What a cohort asks of its members: the template of their tasks, with relative dates."""

"""What was written in a round, split from its numbers: moderated, and told with its results."""

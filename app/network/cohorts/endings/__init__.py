"""That nothing ends over the heads of members, and that what has ended joins nothing."""

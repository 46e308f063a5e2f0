"""Two collaborations that turn out to be one."""

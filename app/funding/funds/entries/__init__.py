"""Journal entries: what happened to the money of a fund, one by one."""

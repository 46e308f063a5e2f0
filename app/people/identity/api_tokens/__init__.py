"""Read-only tokens of service accounts, for tools that can't renew a short one."""

"""Where nobody may decide who holds the permission: what waits for whoever can name somebody."""

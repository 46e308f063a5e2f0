"""Who holds which role where: granting and ending roles, and the table of roles as data."""

"""History: payments that were made before their fund had books."""

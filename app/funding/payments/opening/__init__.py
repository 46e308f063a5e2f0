"""Opening: grants that stood before their fund had books are brought into them, as they stand."""

"""What shows that an answer of a sheet is so."""

"""To whom an announcement goes, and how far each letter has come."""

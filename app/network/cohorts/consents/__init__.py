"""The consent of a collaboration that was brought back: its dossier is opened by its lead."""

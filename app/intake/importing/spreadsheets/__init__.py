"""Organisations and people from a spreadsheet: all of its lines, or none."""

"""Sheets of past years, which an import enters as they were published elsewhere."""

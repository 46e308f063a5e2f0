"""Uploads that survive a bad connection, and downloads in parts."""

"""Sheets: what one person answers about one subject. Those of an anonymous round are nobody's."""

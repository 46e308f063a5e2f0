"""Calendars of others (RFC 5545), brought in as drafts of learning sessions."""

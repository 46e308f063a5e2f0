"""Calendars: learning sessions as iCalendar (RFC 5545), for a person, a cohort, anybody."""

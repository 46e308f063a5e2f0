"""Announcements: what those who run a cohort tell its members, once each."""

"""Reminders of obligations: once for each person and occasion, and mailed where mail is set up."""

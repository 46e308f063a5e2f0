"""What was spent in the period of a report, beside what was meant to be, line by line."""

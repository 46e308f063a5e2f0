"""The start of a cohort, by somebody or by the clock, and what it freezes."""

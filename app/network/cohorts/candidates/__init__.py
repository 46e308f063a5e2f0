"""What a cohort's team sees of a collaboration before it accepts its place, and writes to it."""

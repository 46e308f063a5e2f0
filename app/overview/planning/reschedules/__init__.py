"""A cohort that is moved by some days, with all that is due in it."""

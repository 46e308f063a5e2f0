"""The directory of a cohort: who its members are, for its members."""

"""Times: when a cohort's sessions would be, so that they fall on nobody too hard."""

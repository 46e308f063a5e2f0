"""The letters that say that a cohort was cancelled."""

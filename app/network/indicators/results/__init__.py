"""Results of indicators: what a member says came of its work, and whether that was accepted."""

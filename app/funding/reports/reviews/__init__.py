"""What the other side makes of a report: change requests and decisions."""

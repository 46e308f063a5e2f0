"""Reports on milestones: answers and evidence, submitted versions, change requests, decisions."""

"""What a changed address takes along, and what it leaves behind."""

"""RSVPs: who says whether they come to a session, who waits for a seat, and who goes instead."""

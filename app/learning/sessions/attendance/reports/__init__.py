"""Reports of meetings: who was there as Zoom, Teams or Meet saw it, and whom nobody knows by it."""

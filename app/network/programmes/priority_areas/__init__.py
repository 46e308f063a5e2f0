"""The areas in which a programme means to launch collaborations of its own."""

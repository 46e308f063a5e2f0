"""What the network tells everybody, and what others have told everybody of theirs."""

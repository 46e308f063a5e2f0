"""What authority that rests on somebody else has lost or will lose, and whose work that is."""

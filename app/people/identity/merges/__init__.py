"""Two accounts of one person: one becomes the alias of the other, and what that brings to light."""

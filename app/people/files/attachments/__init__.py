"""How a file becomes evidence of a thing."""

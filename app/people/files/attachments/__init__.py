"""How a file becomes evidence of a thing: what things there are, and who reads what is theirs."""

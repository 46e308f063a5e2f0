"""Letters: what became of those that were mailed, for whoever caused them and who runs it."""

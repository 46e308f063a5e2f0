"""The data sets of a collaboration, each somewhere on the data spectrum."""

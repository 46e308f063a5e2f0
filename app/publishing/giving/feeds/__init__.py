"""The open data of a fund: its published grants as a package of the 360Giving Data Standard."""

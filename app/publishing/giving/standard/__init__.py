"""The 360Giving Data Standard 1.4 in our own words: its shapes, its lists of codes, its quality.

Written from the standard of 360Giving (https://standard.threesixtygiving.org), which is under
CC BY 4.0.
"""

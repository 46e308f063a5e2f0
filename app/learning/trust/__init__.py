"""Trust assessments: what a framework asks, and what its answers say of those it is asked about.

Pure so far: documents, and functions on values. Each module says its formula; none reads a clock, a
database or a random number, and scores are exact until they are rounded once (`rounding.py`).
"""

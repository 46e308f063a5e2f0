"""Trust assessments: what a framework asks, and what its answers say of those it is asked about.

What is kept of it has packages of its own, such as `frameworks`. The modules beside them are
documents, and functions on values. Each says its formula; none reads a clock, a database or a
random number, and scores are exact until they are rounded once (`rounding.py`).
"""

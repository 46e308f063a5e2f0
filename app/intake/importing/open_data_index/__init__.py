"""Answers of past years as the Global Open Data Index published them: a folder of tables as CSV.

A place is a member, a data set a dimension of its own, a year a closed round; why is decided in
docs/decisions, "A year that was published is a round that was held".
"""

"""The open records of OLS (Open Seeds): a folder with its cohorts, projects, people, organisations.

What the service has no place for, and what becomes of an outcome that is not stated, is decided in
docs/decisions, "What an import makes of other people's records".
"""

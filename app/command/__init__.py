"""The `pln` command: serving, the worker, the demonstration, accounts, imports, documentation."""

"""Organisations and their public identifiers: the register that the whole network shares."""

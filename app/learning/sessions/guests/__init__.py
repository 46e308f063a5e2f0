"""Guests: people from outside who come to one session, by a link that is theirs."""

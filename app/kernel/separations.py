"""The register of separated duties: what one person does, and what another one does after it.

Moves of two persons say so by their table; other pairs a package says beside its lifecycle. Both
are verbs of activity, so that what turns out later to have been one person is found by who did it.
"""

_REGISTERED: set[tuple[str, str]] = set()


def separated(first: str, *then: str) -> None:
    """Enter that whoever did `first` does none of `then` to the same thing."""
    _REGISTERED.update((first, one) for one in then)


def separations() -> list[tuple[str, str]]:
    """Every pair there is."""
    return sorted(_REGISTERED)

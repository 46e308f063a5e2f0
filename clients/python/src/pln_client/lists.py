"""Each item of a list, a page at a time."""

from collections.abc import Callable, Iterator
from typing import Any

from pln_client.connecting import Connection
from pln_client.problems import Answer, taken


def iterate(
    read: Callable[..., Answer], *within: Any, connection: Connection, **asked: Any
) -> Iterator[Any]:
    """Every item of a list: `for grant in iterate(list_grants.sync_detailed, connection=pln)`.

    `within` is what the list lies below, such as a cohort's id; `asked` are its filters.
    """
    asked = {"limit": 100, **asked}
    while True:
        page = taken(read(*within, client=connection.client, **asked))
        yield from page.items
        if page.next_cursor is None:
            return
        asked["cursor"] = page.next_cursor

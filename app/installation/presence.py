"""Who else serves from a data folder: one file for each port, locked for as long as it is served.

A process that is killed gives its lock up, so a file without one is of nobody.
"""

import fcntl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.settings import make_folder


class StillServed(Exception):
    """Something is about to be emptied under a running service; the text says where it runs."""


@contextmanager
def serving_from(data_dir: Path, port: int, address: str) -> Generator[None]:
    """Let others know, while the block runs, that this folder's data are served at `address`."""
    path = make_folder(data_dir) / f"served-{port}"
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(address)
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def refuse_while_served(data_dir: Path, port: int) -> None:
    """Raises StillServed where another port than this one serves the data of the folder."""
    addresses = sorted(_others(data_dir, port))
    if addresses:
        raise StillServed(
            f"The demonstration runs at {', '.join(addresses)}, and would be emptied under it. "
            "Stop it there first, or set PLN_DATA_DIR to another folder."
        )


def _others(data_dir: Path, port: int) -> Iterator[str]:
    for path in data_dir.glob("served-*"):
        if path.name != f"served-{port}":
            with path.open() as file:
                if not _is_nobodys(file):
                    yield file.read()


def _is_nobodys(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

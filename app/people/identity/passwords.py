"""Passwords: which are good enough, and their Argon2id hashes, made off the event loop.

The rules follow NIST SP 800-63B-4: at least 15 characters, none composed for its own sake, and
none that is on a list or made of words that anyone would try first.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.kernel.errors import FieldProblem, Unavailable, Unprocessable

SHORTEST: Final = 15
LONGEST: Final = 200

MOST_WAITING: Final = 64
"""How many hashes may queue up; each takes about 50 ms of a core and 19 MiB."""

_HASHER: Final = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))

_COMMON_WORDS: Final = """
    administrator password passwort welcome letmein iloveyou sunshine princess football baseball
    superman batman trustno monkey dragon master shadow michael jordan charlie freedom whatever
    starwars computer internet secret changeme default correcthorsebatterystaple login access
    hello summer winter spring autumn january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday admin
    user guest test demo pass love peer learning network data collaboration institute microsoft
""".split()

_FEWEST_LEFT: Final = 8
_FEWEST_DIFFERENT: Final = 6
_ROWS: Final = (
    "01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm qwertzuiop azertyuiop "
    "1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv5tgb6yhn7ujm"
)
_RUNS: Final = f"{_ROWS} {_ROWS[::-1]}"

T = TypeVar("T")


class PasswordTooWeak(Unprocessable):
    """The new password is one that would be tried early. `errors` says what would be better."""


def refuse_weak(password: str, context: Iterable[str], *, pointer: str) -> None:
    """Raises PasswordTooWeak (422) at `pointer` for a password that would be guessed early."""
    if fault := weakness(password, context):
        problem = FieldProblem(pointer=pointer, code="password_too_weak", detail=fault)
        raise PasswordTooWeak(errors=[problem])


def weakness(password: str, context: Iterable[str]) -> str | None:
    """Why a password would be guessed early, as a sentence naming the fix; None when it would not.

    `context` are texts an attacker knows: the address and name of the account.
    """
    text = _normalised(password).lower()
    if len(text) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a sentence is easy to remember."
    if len(set(text)) < _FEWEST_DIFFERENT or re.fullmatch(r"(.{1,8}?)\1+", text, re.DOTALL):
        return "It repeats itself; use different words."
    left = _without_words(text, context)
    if len(left) < _FEWEST_LEFT:
        return "It is made of words that are tried first: common ones, your name or your address."
    return None


async def hashed(password: str) -> str:
    """The Argon2id hash to store. Raises Unavailable (503) when too many wait already."""
    return await _queue.run(lambda: _HASHER.hash(_normalised(password)))


async def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the one behind a stored hash.

    Without a hash (no such account, or none set) the same work is done and the answer is no.
    Raises Unavailable (503) when too many wait already.
    """
    known = stored or await _queue.run(_nobodys)
    fits = await _queue.run(lambda: _HASHER.verify(_normalised(password), known))
    return fits and stored is not None


def _normalised(password: str) -> str:
    """The same characters typed on another keyboard or system are the same password."""
    return unicodedata.normalize("NFKC", password)


def _without_words(text: str, context: Iterable[str]) -> str:
    known = {part for line in context for part in re.findall(r"\w{4,}", line.lower())}
    for word in sorted(known.union(_COMMON_WORDS), key=len, reverse=True):
        text = text.replace(word, "")
    return re.sub(r"[\W_]|\d{3,}", "", _without_runs(text))


def _without_runs(text: str) -> str:
    """`text` without stretches of four or more that count, recite or walk the keyboard."""
    recited: set[int] = set()
    for start in range(len(text) - 3):
        if text[start : start + 4] in _RUNS:
            recited.update(range(start, start + 4))
    return "".join(letter for place, letter in enumerate(text) if place not in recited)


@cache
def _nobodys() -> str:
    return _HASHER.hash(os.urandom(32))


class Queue:
    """Threads for hashing, as many as there are cores, and a queue that does not grow forever."""

    def __init__(self, threads: int, most_waiting: int) -> None:
        self._limiter = CapacityLimiter(threads)
        self._room = threads + most_waiting

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns. Raises Unavailable (503) when too many wait already."""
        if self._room == 0:
            raise Unavailable(headers={"Retry-After": "2"})
        self._room -= 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._room += 1


_queue: Final = Queue(threads=max(2, os.cpu_count() or 2), most_waiting=MOST_WAITING)

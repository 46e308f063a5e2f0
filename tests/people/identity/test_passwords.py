"""Which passwords are good enough, and how they are kept."""

import asyncio
import threading

import pytest

from app.kernel.errors import Unavailable
from app.people.identity.passwords import (
    PasswordTooWeak,
    Queue,
    hashed,
    matches,
    refuse_weak,
    weakness,
)

FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in "Password12345678")
KNOWN = ("ada.lovelace@example.org", "Ada Lovelace")


@pytest.mark.parametrize(
    "password",
    [
        "wooden ladder against a brick wall",
        "fünf Ziegen aßen mein Gemüse",
        "kD8#vQz1!mXw4pT",
        "ใครขายไข่ไก่ให้คุณยาย",
        "x" * 3 + "rattling umbrella quince",
        "lovelace had seven purple umbrellas",
        " leading blank and trailing one ",
    ],
)
def test_what_nobody_tries_first_is_good_enough(password: str) -> None:
    assert weakness(password, KNOWN) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 15"),
        ("fourteen chars", "at least 15"),
        ("a" * 40, "repeats"),
        ("abcabcabcabcabcabc", "repeats"),
        ("hunter2hunter2hunter2", "repeats"),
        ("121212121212121212", "repeats"),
        ("passwordpassword", "repeats"),
        ("Password1234567890", "tried first"),
        ("123456789012345", "tried first"),
        ("abcdefghijklmnopqrstuvwxyz", "tried first"),
        ("qwertyuiopasdfghjkl", "tried first"),
        ("1q2w3e4r5t6y7u8i9o0p", "tried first"),
        ("CorrectHorseBatteryStaple", "tried first"),
        ("Welcome to the network 2026!", "tried first"),
        ("ada.lovelace@example.org", "tried first"),
        ("AdaLovelace-2026-03", "tried first"),
        ("lovelace lovelace 1815!", "tried first"),
        ("peerlearningnetwork", "tried first"),
        (FULL_WIDTH, "tried first"),
    ],
)
def test_what_is_tried_first_is_refused_with_the_reason(password: str, why: str) -> None:
    fault = weakness(password, KNOWN)
    assert fault is not None
    assert why in fault
    with pytest.raises(PasswordTooWeak) as refusal:
        refuse_weak(password, KNOWN, pointer="/new_password")
    (error,) = refusal.value.errors
    assert (error.pointer, error.code, error.detail) == (
        "/new_password",
        "password_too_weak",
        fault,
    )


async def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    first, second = await hashed("wooden ladder"), await hashed("wooden ladder")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await matches("wooden ladder", first)
    assert await matches("wooden ladder", second)
    assert not await matches("wooden ladder ", first)


async def test_the_same_characters_from_another_keyboard_are_the_same_password() -> None:
    composed, decomposed = "fünf Ziegen", "fu\u0308nf Ziegen"
    assert composed != decomposed
    assert await matches(decomposed, await hashed(composed))


async def test_without_a_hash_nothing_matches() -> None:
    assert not await matches("wooden ladder", None)
    assert not await matches("", None)


async def test_hashing_leaves_the_event_loop_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await hashed("wooden ladder")
    ticking.cancel()
    assert ticks > 10


async def test_a_queue_that_is_too_long_is_refused_at_once() -> None:
    queue = Queue(threads=1, most_waiting=2)
    for _ in range(2):
        done = await asyncio.gather(
            *(queue.run(threading.get_ident) for _ in range(6)), return_exceptions=True
        )
        refused = [one for one in done if isinstance(one, Unavailable)]
        assert len(refused) == 3, "one runs and two wait"
        assert all(one.headers == {"Retry-After": "2"} for one in refused)
        assert threading.get_ident() not in done

"""Accounts, tokens and keys from the command line, as the API then sees them."""

import io
import json
import re
from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest

from app.settings import get_settings, libpq_url
from tests.command.conftest import Pln, Said

Make = Callable[..., Said]

PASSWORD = "lanterns over a quiet harbour"


@pytest.fixture
def make(pln: Pln, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make an account with a password on standard input."""

    def run(email: str, *words: str, password: str = PASSWORD) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return pln("accounts", "create", email, *words)

    return run


def ask(query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_url(get_settings().database_url or "")) as connection:
        return connection.execute(query.encode()).fetchall()


def test_first_administrator_is_made_and_listed(pln: Pln, make: Make) -> None:
    made = make("Ada@Example.org", "--name", "Ada Example")
    assert made == Said(0, "", "ada@example.org may sign in, as administrator.\n")
    (listed,) = json.loads(pln("accounts", "list", "--json").output)
    assert datetime.fromisoformat(listed.pop("created_at")) == datetime.fromisoformat(
        listed.pop("updated_at")
    )
    assert re.fullmatch(r"[0-9a-f-]{36}", listed.pop("id"))
    assert listed == {
        "name": "Ada Example",
        "email": "ada@example.org",
        "is_address_proved": True,
        "merged_into_id": None,
        "erased_at": None,
        "disabled_at": None,
        "version": 1,
    }
    assert "ada@example.org" in pln("accounts", "list").output
    assert ask("SELECT role FROM role_assignments") == [("administrator",)]


def test_address_is_given_once(make: Make) -> None:
    make("ada@example.org", "--name", "Ada")
    assert make("ada@example.org", "--name", "Another") == Said(
        1, "", "Another account has this address.\n"
    )


def test_weak_password_is_refused_with_what_would_be_better(make: Make) -> None:
    said = make("ada@example.org", "--name", "Ada", password="short")
    assert (said.code, said.output) == (1, "")
    assert said.progress.endswith("Use at least 15 characters; a sentence is easy to remember.\n")
    assert ask("SELECT count(*) FROM accounts") == [(0,)]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("ada", "--name", "Ada"), "'ada' is no e-mail address"),
        (("ada@example.org", "--name", ""), "'' is no name"),
        (("ada@example.org", "--name", "Ada", "--role", "queen"), "'queen' is not one of"),
        (("ada@example.org",), "Missing option '--name'"),
    ],
)
def test_what_cannot_be_stored_is_wrong_usage(
    make: Make, words: tuple[str, ...], complaint: str
) -> None:
    said = make(*words)
    assert (said.code, said.output) == (2, "")
    assert complaint in re.sub(r"[\s│]+", " ", said.progress)


def test_disabled_account_gets_no_token(pln: Pln, make: Make) -> None:
    make("ada@example.org", "--name", "Ada")
    make("bob@example.org", "--name", "Bob", "--role", "observer")
    disabled = pln(
        "accounts", "disable", "bob@example.org", "--as", "ada@example.org", "--reason", "Left."
    )
    assert disabled == Said(0, "", "bob@example.org is refused from now on.\n")
    assert pln("token", "bob@example.org") == Said(
        1, "", "The account of bob@example.org is disabled.\n"
    )
    assert ask("SELECT verb, reason FROM activity WHERE reason IS NOT NULL") == [
        ("account.disabled", "Left.")
    ]


def test_last_administrator_and_oneself_stay(pln: Pln, make: Make) -> None:
    make("ada@example.org", "--name", "Ada")
    said = pln(
        "accounts", "disable", "ada@example.org", "--as", "ada@example.org", "--reason", "Tired."
    )
    assert said == Said(1, "", "Nobody disables their own account; another administrator can.\n")
    assert ask("SELECT disabled_at FROM accounts") == [(None,)]


def test_token_is_all_that_is_printed(pln: Pln, make: Make) -> None:
    make("ada@example.org", "--name", "Ada")
    said = pln("token", "ada@example.org")
    assert (said.code, said.progress) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", said.output)


def test_token_for_nobody_is_refused(pln: Pln) -> None:
    assert pln("token", "eve@example.org") == Said(
        1, "", "There is no account of eve@example.org.\n"
    )


def test_keys_move_up_one_place_at_each_rotation(pln: Pln) -> None:
    first = json.loads(pln("keys", "rotate", "--json").output)
    second = json.loads(pln("keys", "rotate", "--json").output)
    assert second["active"] == first["next"]
    assert ask("SELECT id::text, status FROM signing_keys ORDER BY created_at") == [
        (first["active"], "retired"),
        (second["active"], "active"),
        (second["next"], "next"),
    ]

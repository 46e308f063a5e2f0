"""`pln accounts`, `pln token` and `pln keys`: who may come in, for whoever runs the machine."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.command.output import AsJson, show, show_rows, tell
from app.command.serving import hand_down
from app.installation import migrations
from app.installation.embedded import open_database
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.kernel.errors import CONSTRAINTS, ConstraintViolated
from app.kernel.schemas import Email, Name, Reason
from app.people.identity.accounts.schemas import AccountOut
from app.people.identity.accounts.service import create_first_account, disable_account
from app.people.identity.actors import NOBODY, SignedIn
from app.people.identity.emails import normalised
from app.people.identity.keys import Keychain, rotate
from app.people.identity.models import Account, AccountKind
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.sign_ins.service import issue_token
from app.settings import Settings, get_settings

T = TypeVar("T")

accounts = typer.Typer(help="People's accounts.", no_args_is_help=True)
keys = typer.Typer(help="The keys that sign access tokens.", no_args_is_help=True)


class UnknownAccount(Exception):
    """No account that could be used has this address."""


def checked(kind: Any, what: str) -> Callable[[str], str]:
    """Return what reads an argument of the command line as one of the contract's types."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def check(text: str) -> str:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            raise typer.BadParameter(f"{text!r} is no {what}") from error

    return check


Address = Annotated[str, typer.Argument(parser=checked(Email, "e-mail address"), metavar="EMAIL")]


@accounts.command("create")
def create(
    email: Address,
    name: Annotated[
        str, typer.Option(parser=checked(Name, "name"), metavar="TEXT", help="The person's name.")
    ],
    role: Annotated[Role, typer.Option(help="Held on the network.")] = Role.ADMINISTRATOR,
) -> None:
    """Make a person's account. The password is asked for, or read from standard input."""
    password = new_password()

    async def make(db: AsyncSession, _settings: Settings) -> None:
        await create_first_account(db, email=email, name=name, password=password, role=role)

    transact(make)
    tell(f"{normalised(email)} may sign in, as {role}.")


@accounts.command("list")
def list_people(as_json: AsJson = False) -> None:
    """Print everybody who has an account."""

    async def read(db: AsyncSession, _settings: Settings) -> list[AccountOut]:
        people = select(Account).where(Account.kind == AccountKind.PERSON).order_by(Account.email)
        return [AccountOut.model_validate(person) for person in await db.scalars(people)]

    people = transact(read)
    if as_json:
        typer.echo(json.dumps([person.model_dump(mode="json") for person in people]))
        return
    show_rows(
        ("address", "name", "disabled"),
        [(person.email, person.name, str(person.disabled_at or "")) for person in people],
    )


@accounts.command("disable")
def disable(
    email: Address,
    acting: Annotated[
        str, typer.Option("--as", metavar="EMAIL", help="The administrator who decides so.")
    ],
    reason: Annotated[
        str, typer.Option(parser=checked(Reason, "reason"), metavar="TEXT", help="Kept on record.")
    ],
) -> None:
    """Refuse an account from its next request on, and end its sign-ins."""

    async def end(db: AsyncSession, _settings: Settings) -> None:
        actor = await acting_as(db, acting)
        await disable_account(db, actor, (await account_of(db, email)).id, reason=reason)

    transact(end)
    tell(f"{email} is refused from now on.")


def token(email: Address) -> None:
    """Print an access token for a person's account. It lasts ten minutes."""

    async def issue(db: AsyncSession, settings: Settings) -> str:
        await acting_as(db, email)
        return await issue_token(db, await account_of(db, email), keys=Keychain(settings))

    typer.echo(transact(issue))


@keys.command("rotate")
def rotate_keys(as_json: AsJson = False) -> None:
    """Sign with the next key from now on. Tokens signed before stay good until they expire."""

    async def turn(db: AsyncSession, settings: Settings) -> dict[str, str]:
        active, following = await rotate(db, NOBODY, Keychain(settings))
        return {"active": str(active.id), "next": str(following.id)}

    turned = transact(turn)
    show(as_json, turned, f"active {turned['active']}, next {turned['next']}")


def new_password() -> str:
    """Ask for a new password twice, or take one line of standard input."""
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return sys.stdin.readline().rstrip("\n")


async def account_of(db: AsyncSession, email: str) -> Account:
    """Return the account with an address; refused when there is none."""
    found = await db.scalar(select(Account).where(Account.email == normalised(email)))
    if found is None:
        raise UnknownAccount(f"There is no account of {email}.")
    return found


async def acting_as(db: AsyncSession, email: str) -> SignedIn:
    """Return who has an address, with the roles held now; refused for a disabled account."""
    actor = await actor_of(db, (await account_of(db, email)).id)
    if actor is None:
        raise UnknownAccount(f"The account of {email} is disabled.")
    return actor


def transact(steps: Callable[[AsyncSession, Settings], Awaitable[T]]) -> T:
    """Take steps in one transaction on the database of the settings, and return their result."""
    settings = get_settings()
    with open_database(settings) as urls:
        if settings.is_embedded and not migrations.is_at_head(urls.owner):
            migrations.upgrade(urls.owner, urls.app)
        return asyncio.run(_in_transaction(hand_down(settings, urls), steps))


async def _in_transaction(
    settings: Settings, steps: Callable[[AsyncSession, Settings], Awaitable[T]]
) -> T:
    database = Database.connect(settings, SystemClock())
    try:
        async with database.transaction() as db:
            return await steps(db, settings)
    except IntegrityError as error:
        broken = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
        raise CONSTRAINTS.get(broken, ConstraintViolated)() from error
    finally:
        await database.dispose()

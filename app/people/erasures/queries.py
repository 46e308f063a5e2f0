"""What there is of a person: what goes, and what stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.activity import Activity
from app.kernel.db import Base, Instant
from app.people.erasures.personal import NAME, PERSONAL, Person, Personal, forgets
from app.people.identity.models import (
    Account,
    AddressProof,
    FormerAddress,
    Invitation,
    PasswordReset,
    SignIn,
)
from app.web.idempotency import IdempotentAnswer


def _went_to(who: Person, address: Any, at: Any) -> ColumnElement[bool]:
    """Whether something went to an address of the person, or to one that was theirs then."""
    was_theirs = exists().where(
        FormerAddress.account_id.in_(who.account_ids),
        FormerAddress.email == address,
        FormerAddress.left_at >= at,
    )
    return or_(address.in_(who.addresses), was_theirs)


def _says_an_address(who: Person) -> ColumnElement[bool]:
    """Whether an answer that is kept for a repeated request says an address of theirs."""
    every = (
        select(Account.email)
        .where(Account.id.in_(who.account_ids))
        .union_all(select(FormerAddress.email).where(FormerAddress.account_id.in_(who.account_ids)))
        .subquery()
    )
    said = func.convert_to(every.c.email, "UTF8")
    return exists().where(func.pg_catalog.position(IdempotentAnswer.body, said) > 0)


def _invited(who: Person) -> ColumnElement[bool]:
    """Whether a letter brought an invitation that the person accepted, at whatever address."""
    accepted = select(Invitation.id).where(Invitation.accepted_by_id.in_(who.account_ids))
    return and_(MailMessage.noun == "invitation", MailMessage.subject_id.in_(accepted))


forgets(
    Personal(
        "password_resets", PasswordReset, lambda who: PasswordReset.account_id.in_(who.account_ids)
    ),
    Personal(
        "address_proofs", AddressProof, lambda who: AddressProof.account_id.in_(who.account_ids)
    ),
    Personal(
        "letters",
        MailMessage,
        lambda who: or_(_went_to(who, MailMessage.recipient, MailMessage.queued_at), _invited(who)),
    ),
    Personal(
        "invitations",
        Invitation,
        lambda who: or_(
            Invitation.accepted_by_id.in_(who.account_ids),
            _went_to(who, Invitation.email, Invitation.created_at),
        ),
        lambda who: {
            "name": NAME,
            "email": func.concat(Invitation.id, literal("@erased.invalid")),
            "revoked_at": case(
                (
                    Invitation.accepted_at.is_(None),
                    func.coalesce(Invitation.revoked_at, literal(who.at, Instant)),
                ),
                else_=Invitation.revoked_at,
            ),
            "version": Invitation.version + 1,
        },
    ),
    Personal(
        "kept_answers",
        IdempotentAnswer,
        lambda who: or_(IdempotentAnswer.principal_id.in_(who.account_ids), _says_an_address(who)),
    ),
    Personal(
        "sign_ins",
        SignIn,
        lambda who: SignIn.account_id.in_(who.account_ids),
        lambda _who: {"user_agent": None, "address": None},
    ),
    Personal(
        "former_addresses", FormerAddress, lambda who: FormerAddress.account_id.in_(who.account_ids)
    ),
    Personal(
        "accounts",
        Account,
        lambda who: Account.id.in_(who.account_ids),
        lambda who: {
            "name": NAME,
            "email": func.concat(Account.id, literal("@erased.invalid")),
            "password_hash": None,
            "timezone": None,
            "address_proved_at": None,
            "erased_at": who.at,
            "version": Account.version + 1,
            "updated_at": who.at,
        },
    ),
)


async def person_of(db: AsyncSession, account: Account, *, at: datetime) -> Person:
    """The person of an account, with the accounts that were merged into it, held."""
    every = select(Account).where(
        or_(Account.id == account.id, Account.merged_into_id == account.id)
    )
    held = (await db.scalars(every.order_by(Account.id).with_for_update(key_share=True))).all()
    return Person([one.id for one in held], [one.email for one in held if one.email], at)


async def what_goes(db: AsyncSession, who: Person) -> dict[str, int]:
    """How many rows of each kind are about the person."""
    found: dict[str, int] = {}
    for one in PERSONAL:
        rows = select(func.count()).select_from(one.table).where(one.theirs(who))
        found[one.name] = await db.scalar(rows) or 0
    return found


async def what_stays(db: AsyncSession, who: Person) -> dict[str, int]:
    """How many rows of each table go on naming the person's accounts, once what goes has gone."""
    gone = {one.table.__tablename__ for one in PERSONAL if one.emptied is None} | {"accounts"}
    found: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        keys = [key.parent for key in table.foreign_keys if key.column is Account.__table__.c.id]
        if table.name in gone or not keys:
            continue
        named = or_(*(key.in_(who.account_ids) for key in keys))
        found[table.name] = (
            await db.scalar(select(func.count()).select_from(table).where(named)) or 0
        )
    acts = (
        select(func.count()).select_from(Activity).where(Activity.account_id.in_(who.account_ids))
    )
    found["activity"] = await db.scalar(acts) or 0
    return {name: number for name, number in sorted(found.items()) if number}


async def forget(db: AsyncSession, who: Person) -> None:
    """Empty all that is about the person."""
    for one in PERSONAL:
        if one.emptied is None:
            await db.execute(delete(one.table).where(one.theirs(who)))
        else:
            await db.execute(update(one.table).where(one.theirs(who)).values(one.emptied(who)))

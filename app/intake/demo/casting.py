"""The people of the demonstration, each invited by somebody who may."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.intake.demo.stage import PASSWORD, Person, Stage, address_of
from app.people.identity.accounts.service import create_first_account
from app.people.identity.clients import Client
from app.people.identity.invitations.schemas import CreateInvitation
from app.people.identity.invitations.service import create_invitation
from app.people.identity.joining.schemas import AcceptInvitation
from app.people.identity.joining.service import accept_invitation
from app.people.identity.models import Account
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID

ON_THE_NETWORK = (
    ("Helen Marsh", Role.PROGRAMME_MANAGER),
    ("Grant Ellery", Role.FINANCE_APPROVER),
    ("Petra Lang", Role.PAYMENT_RELEASER),
    ("Marcus Webb", Role.FUNDER),
    ("Yasmin Rahman", Role.AUDITOR),
)

ON_THE_PROGRAMME = (
    ("Rosa Adeyemi", Role.COORDINATOR),
    ("Kwame Boateng", Role.COORDINATOR),
    ("Leila Haddad", Role.FACILITATOR),
    ("Owen Price", Role.REVIEWER),
    ("Sofia Marino", Role.ADVISER),
    ("Dev Kapoor", Role.OBSERVER),
)


async def cast_of_the_network(stage: Stage, at: datetime) -> None:
    """The administrator, made from the command line, and whom they invite."""
    stage.clock.set(at)
    async with stage.database.transaction() as db:
        account = await create_first_account(
            db,
            email=address_of("Ada Okafor"),
            name="Ada Okafor",
            password=PASSWORD,
            role=Role.ADMINISTRATOR,
        )
        administrator = Person(account.id, account.name, account.email or "")
    stage.cast["Ada Okafor"] = stage.cast[Role.ADMINISTRATOR] = administrator
    for name, role in ON_THE_NETWORK:
        await invite(stage, at, administrator, name, role, NETWORK_ID)


async def cast_of_the_programme(stage: Stage, at: datetime, programme_id: UUID) -> None:
    """Those who run the programme's cohorts, invited by its manager."""
    for name, role in ON_THE_PROGRAMME:
        await invite(stage, at, stage.cast[Role.PROGRAMME_MANAGER], name, role, programme_id)


async def invite(
    stage: Stage, at: datetime, inviter: Person, name: str, role: Role, scope_id: UUID
) -> Person:
    """Somebody is invited into a role, and accepts an hour later."""
    email = address_of(name)
    async with stage.scene(at, inviter) as (db, actor):
        wanted = CreateInvitation(email=email, name=name, role=role, scope_id=scope_id)
        invitation = await create_invitation(db, actor, wanted, links=stage.links)
    stage.clock.set(at + timedelta(hours=1))
    assert invitation.link is not None, "nothing is mailed on a stage"
    token = invitation.link.partition("#")[2]
    await accept_invitation(
        stage.database,
        AcceptInvitation(token=token, password=PASSWORD),
        keys=stage.keys,
        client=Client(address=None, user_agent=None),
    )
    async with stage.database.transaction() as db:
        account_id = (await db.scalars(select(Account.id).where(Account.email == email))).one()
    person = Person(account_id, name, email)
    stage.cast[name] = person
    stage.cast.setdefault(role, person)
    return person

"""What the open data of a fund are read from: in one select, a row a grant."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.funding.funds.buckets import PAID_OUT, Bucket, PostingSide
from app.funding.funds.models import Fund, JournalEntry, LedgerAccount, Posting
from app.funding.grants.models import Grant, GrantVersion, is_current
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration, Participant, ParticipantRole
from app.network.programmes.models import ProgrammePart, ProgrammeParty
from app.people.organisations.models import Organisation, OrganisationIdentifier
from app.publishing.giving.feeds.grants import Known, PublishedGrant
from app.publishing.giving.feeds.movements import Movement
from app.publishing.giving.publications.models import GrantPublication
from app.publishing.giving.publications.queries import is_told

_Funder: Final[Any] = aliased(Organisation, name="funder")
_Recipient: Final[Any] = aliased(Organisation, name="recipient")


def _movements() -> ColumnElement[Any]:
    """What each entry changed of the grant, in its own currency and in the order in which they were
    recorded.

    What comes back was paid and is so no more; it makes the award no smaller.
    """
    sign = case((Posting.side == PostingSide.CREDIT, 1), else_=-1)
    bucket = LedgerAccount.bucket
    changed = sign * func.coalesce(JournalEntry.granted_minor, Posting.amount_minor)

    def in_buckets(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(changed).filter(condition), 0)

    gives_back = func.bool_and(bucket == Bucket.RECOVERABLE)
    promised = case((gives_back, 0), else_=in_buckets(bucket != Bucket.RESERVED))
    each = (
        select(
            JournalEntry.id,
            JournalEntry.recorded_at,
            JournalEntry.effective_on,
            in_buckets(bucket == Bucket.RESERVED).label("reserved"),
            promised.label("promised"),
            in_buckets(bucket.in_(PAID_OUT)).label("paid"),
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(JournalEntry.grant_id == Grant.id, LedgerAccount.grant_id == Grant.id)
        .group_by(JournalEntry.id)
        .correlate(Grant)
        .subquery("moved")
    )
    told = func.jsonb_build_array(
        each.c.id, each.c.effective_on, each.c.reserved, each.c.promised, each.c.paid
    )
    ordered = aggregate_order_by(told, each.c.recorded_at, each.c.id)
    return select(func.jsonb_agg(ordered)).scalar_subquery()


def _org_ids(organisation: Any) -> ColumnElement[Any]:
    """The numbers of an organisation, in the order of their registers."""
    number = OrganisationIdentifier.list_code + "-" + OrganisationIdentifier.number
    return (
        select(func.array_agg(aggregate_order_by(number, number)))
        .where(OrganisationIdentifier.organisation_id == organisation.id)
        .correlate(organisation)
        .scalar_subquery()
    )


def _known(organisation: Any) -> tuple[Any, ...]:
    return (
        organisation.id,
        organisation.name,
        _org_ids(organisation),
        organisation.country,
        organisation.website,
    )


def _recipient_id() -> ColumnElement[UUID]:
    """The steward of the grant's collaboration: the first of those that are it still."""
    return (
        select(Participant.organisation_id)
        .where(
            Participant.collaboration_id == Grant.collaboration_id,
            Participant.role == ParticipantRole.STEWARD,
        )
        .order_by(Participant.ended_on.is_not(None), Participant.since_on, Participant.id)
        .limit(1)
        .correlate(Grant)
        .scalar_subquery()
    )


def published(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The grants of which everybody is told, as far as these hold, by their identifiers."""
    return (
        select(
            GrantPublication.identifier,
            GrantPublication.title,
            GrantPublication.summary,
            GrantVersion.currency,
            GrantVersion.starts_on,
            GrantVersion.ends_on,
            *_known(_Recipient),
            *_known(_Funder),
            Cohort.reference,
            Cohort.name,
            Collaboration.country,
            func.greatest(GrantPublication.updated_at, Grant.updated_at, _recorded_last()),
            _movements(),
            Fund.id,
        )
        .select_from(GrantPublication)
        .join(Grant, Grant.id == GrantPublication.grant_id)
        .join(Fund, Fund.id == Grant.fund_id)
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, is_current()))
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .join(Collaboration, Collaboration.id == Grant.collaboration_id)
        .join(_Funder, _Funder.id == Fund.funder_id)
        .join(_Recipient, _Recipient.id == _recipient_id())
        .where(is_told(), *conditions)
        .order_by(GrantPublication.identifier)
    )


def _recorded_last() -> ColumnElement[datetime]:
    return (
        select(func.max(JournalEntry.recorded_at))
        .where(JournalEntry.grant_id == Grant.id)
        .correlate(Grant)
        .scalar_subquery()
    )


def grant_of(row: Any) -> PublishedGrant:
    """A row of `published` as what is told of it."""
    cells = list(row)
    return PublishedGrant(
        *cells[:6],
        recipient=_organisation(cells[6:11]),
        funder=_organisation(cells[11:16]),
        programme_code=cells[16],
        programme_title=cells[17],
        country=cells[18],
        changed_at=cells[19],
        movements=[_movement(one) for one in cells[20] or ()],
    )


def _organisation(cells: Any) -> Known:
    id_, name, org_ids, country, website = cells
    return Known(str(id_), name, org_ids or (), country, website)


def _movement(told: Any) -> Movement:
    entry_id, on, reserved, promised, paid = told
    return Movement(UUID(entry_id), date.fromisoformat(on), reserved, promised, paid)


def publisher_of(fund_id: UUID) -> Select[*tuple[Any, ...]]:
    """A fund's name, with the convenor of its programme, or with its funder where there is none,
    and when its published grants were last changed, how many they are, and how often."""
    convenor = (
        select(ProgrammeParty.organisation_id)
        .where(
            ProgrammeParty.programme_id == Fund.programme_id,
            ProgrammeParty.part == ProgrammePart.CONVENOR,
        )
        .order_by(ProgrammeParty.position)
        .limit(1)
        .correlate(Fund)
        .scalar_subquery()
    )
    told = published(Grant.fund_id == fund_id).order_by(None).subquery()
    changed_at, counted = told.c[19], func.count()
    whole = select(func.max(changed_at), counted, func.md5(_written(told))).subquery("whole")
    return (
        select(Fund.name, *_known(Organisation), *whole.c)
        .select_from(Fund)
        .join(Organisation, Organisation.id == func.coalesce(convenor, Fund.funder_id))
        .join(whole, whole.c[1] > 0)
        .where(Fund.id == fund_id)
    )


def _written(told: Any) -> ColumnElement[str]:
    """All that is told of the grants, in one text."""
    row = func.md5(cast(func.jsonb_build_array(*told.c), Text))
    return func.string_agg(row, aggregate_order_by(literal_column("''"), told.c.identifier))

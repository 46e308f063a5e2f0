"""Sheets that are nobody's: how one is put among the others, and what becomes of them.

PostgreSQL says of each row by which transaction it was written, and where it lies. A sheet and the
mark that somebody has answered are of one transaction, and rows that are added lie in order; so
with each sheet all those of the round and all its marks are taken out and put in again, in an order
that is drawn, the sheets under new ids. Then every row is of the transaction that came last.
"""

from random import SystemRandom
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, insert, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.assessments.models import Respondent
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.models import AnonymousSheet, AnsweredMark

WRITTEN: Final = ("words", "justification")

Row = dict[str, Any]


async def has_answered(db: AsyncSession, respondent: Respondent) -> bool:
    """Whether somebody has, in an anonymous round that is held."""
    mark = select(AnsweredMark.round_id).where(AnsweredMark.respondent_id == respondent.id)
    return await db.scalar(mark) is not None


async def put_among_others(
    db: AsyncSession, a_round: Round, respondent: Respondent, answers: dict[str, Any]
) -> None:
    """Keep a sheet, and apart from it that somebody has answered. The round is held."""
    told = respondent if respondent.is_told_apart else None
    sheet: Row = {
        "round_id": a_round.id,
        "assessment_id": respondent.assessment_id,
        "membership_id": told and told.membership_id,
        "organisation_id": told and told.organisation_id,
        "strata": told.strata if told else {},
        "answers": answers,
    }
    await _rewrite(db, AnonymousSheet, a_round.id, sheet, id=func.gen_random_uuid())
    mark: Row = {"respondent_id": respondent.id, "round_id": a_round.id}
    await _rewrite(db, AnsweredMark, a_round.id, mark)


async def settle(db: AsyncSession, a_round: Round) -> None:
    """When the round has closed: forget who answered, and leave the numbers alone. What was written
    was split from them before (`comments/consequences.py`)."""
    await db.execute(delete(AnsweredMark).where(AnsweredMark.round_id == a_round.id))
    sheets = await _taken_out(db, AnonymousSheet, a_round.id)
    for sheet in sheets:
        for answer in sheet["answers"].values():
            for field in WRITTEN:
                answer.pop(field, None)
    await _put_in(db, AnonymousSheet, [_anew(one) for one in sheets])


async def forget(db: AsyncSession, a_round: Round) -> None:
    """When the round was cancelled: nothing of it will ever be told."""
    for table in (AnsweredMark, AnonymousSheet):
        await db.execute(delete(table).where(table.round_id == a_round.id))


async def _rewrite(
    db: AsyncSession, table: Any, round_id: UUID, added: Row, **drawn: ColumnElement[Any]
) -> None:
    """Take out all rows of a round, and put them in again with another, in an order that is drawn;
    what else is `drawn` is so for each. The rows are sorted once all are out."""
    kept = [one for one in table.__table__.columns if one.name in added]
    gone = delete(table).where(table.round_id == round_id).returning(*kept).cte("taken_out")
    another = select(*(literal(added[one.name], one.type).label(one.name) for one in kept))
    rows = union_all(select(*gone.c), another).subquery()
    shuffled = select(*drawn.values(), *rows.c).order_by(func.random())
    columns = [*drawn, *(one.name for one in kept)]
    await db.execute(insert(table).from_select(columns, shuffled).add_cte(gone))


def _anew(row: Row) -> Row:
    return row | {"id": uuid4()}


async def _taken_out(db: AsyncSession, table: Any, round_id: UUID) -> list[Row]:
    gone = delete(table).where(table.round_id == round_id).returning(*table.__table__.columns)
    return [dict(row) for row in (await db.execute(gone)).mappings()]


async def _put_in(db: AsyncSession, table: Any, rows: list[Row]) -> None:
    SystemRandom().shuffle(rows)
    if rows:
        await db.execute(insert(table), rows)

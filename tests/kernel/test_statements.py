"""A statement that is kept, asked within a transaction."""

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import new_id
from app.kernel.statements import Kept
from tests.kernel.probes import Probe, ProbeStatus, probe


async def test_it_finds_what_the_session_has_not_written_yet(
    db: AsyncSession, probes: None
) -> None:
    kept = Kept.of(select(Probe.id).where(Probe.id == bindparam("probe_id", type_=Uuid())))
    found = probe(ProbeStatus.OPEN)
    found.id = new_id()
    db.add(found)

    with db.no_autoflush:
        assert await kept.rows(db, {"probe_id": found.id}) == []
    [row] = await kept.rows(db, {"probe_id": found.id})

    assert row.id == found.id

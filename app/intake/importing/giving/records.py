"""Bringing in a file of grants: some hundred in a transaction, none of them twice."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.intake.importing.giving.files import read_package
from app.intake.importing.giving.mending import NOUN, GrantRefused, mended
from app.intake.importing.reading import shortened
from app.intake.importing.report import ImportReport, Remark, Tally
from app.intake.importing.runs import PERMISSION, ImportRun, Tell, be_patient
from app.kernel.clock import network_zone, today
from app.people.identity.access import require
from app.people.identity.scopes import NETWORK_ID
from app.publishing.giving.external_grants.service import ToldGrant, keep_file, load_grants
from app.publishing.giving.standard.findings import Numbered, Raw

SOURCE: Final = "360giving"
AT_ONCE: Final = 500
"""Grants that are brought in together."""

_LONGEST: Final = 200


class _Tried(Exception):
    """Not a fault: a dry run leaves nothing behind."""


async def bring_in_package(run: ImportRun, content: bytes, name: str, tell: Tell) -> ImportReport:
    """Bring in the grants of a file as they were published, mended where what is meant is plain;
    those that are there already are changed where their funder changed them.

    Raises ImportFileUnreadable, NotAllowed (403).
    """
    package = read_package(content, name)
    numbered = list(package.grants)
    tally, seen = Tally(), set[str]()
    for done in range(0, len(numbered), AT_ONCE):
        await tell(done, len(numbered))
        grants = list(_mended(numbered[done : done + AT_ONCE], tally, seen))
        try:
            await _load(run, name, package.head or {}, grants, tally)
        except _Tried:
            continue
    await tell(len(numbered), len(numbered))
    return tally.report(SOURCE, run.import_id, is_dry_run=run.is_dry_run, left_out=())


def _mended(some: Sequence[Numbered], tally: Tally, seen: set[str]) -> Iterator[ToldGrant]:
    """Those of which something can be made, each once; what is said of them goes to the tally."""
    for one in some:
        try:
            grant, remarks = mended(one)
        except GrantRefused as refused:
            first = refused.reasons[0]
            tally.refuse([(NOUN, first.external_id)], refused.reasons)
            continue
        if grant.identifier in seen:
            detail = "Another grant of the file has this identifier: the first was kept."
            reason = Remark(NOUN, grant.identifier, "identifier_doubled", detail, grant.title)
            tally.refuse([(NOUN, f"{grant.identifier} ({one.path})")], [reason])
            continue
        seen.add(grant.identifier)
        tally.warn(remarks)
        yield grant


async def _load(
    run: ImportRun, name: str, head: Raw, grants: Sequence[ToldGrant], tally: Tally
) -> None:
    """Keep some grants in one transaction, which a dry run takes back by raising _Tried."""
    async with run.begin() as (db, importer):
        require(importer, PERMISSION, NETWORK_ID)
        await be_patient(db)
        await keep_file(
            db,
            importer,
            run.import_id,
            name=shortened(name, _LONGEST),
            publisher=_text(head.get("publisher"), "name"),
            licence=_text(head, "license"),
        )
        foreign = list(_not_ours(db.info["giving_prefix"], grants, tally))
        tally.warn(_to_come(foreign, today(db, network_zone(db))))
        loaded = await load_grants(db, run.import_id, foreign)
        tally.imported |= {(NOUN, one) for one in (*loaded.new, *loaded.changed)}
        tally.imported |= {("external_organisation", one) for one in loaded.organisations}
        tally.already_there |= {(NOUN, one) for one in loaded.same}
        tally.warn(_changed(one) for one in loaded.changed)
        if run.is_dry_run:
            raise _Tried


def _not_ours(prefix: str, grants: Sequence[ToldGrant], tally: Tally) -> Iterator[ToldGrant]:
    """Those whose identifier is not one of the grants of this network, which it tells itself."""
    for grant in grants:
        if not grant.identifier.casefold().startswith(f"360g-{prefix}-".casefold()):
            yield grant
            continue
        detail = "Its identifier is that of a grant of this network: nobody else tells of those."
        reason = Remark(NOUN, grant.identifier, "identifier_ours", detail, grant.title)
        tally.refuse([(NOUN, grant.identifier)], [reason])


def _to_come(grants: Sequence[ToldGrant], on: date) -> Iterator[Remark]:
    for grant in grants:
        if grant.awarded_on > on:
            detail = "It is awarded on a day that has not come; the day stays."
            yield Remark(NOUN, grant.identifier, "award_to_come", detail, grant.title)


def _changed(identifier: str) -> Remark:
    detail = "Its funder tells it otherwise than before: it is now as it is told in this file."
    return Remark(NOUN, identifier, "changed_since_import", detail)


def _text(holder: Any, name: str) -> str | None:
    said = holder.get(name) if isinstance(holder, Mapping) else None
    return shortened(said, _LONGEST) or None if isinstance(said, str) else None

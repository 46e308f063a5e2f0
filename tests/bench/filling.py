"""Fills a database of the service with many cohorts, by SQL, from the demonstration's own rows.

Each row is a copy of one that the verbs made, with its own ids, names and instants, so that it is
as wide and as true as any. Ids grow with time, as the service's do. Triggers are off meanwhile,
which takes a superuser; `constraints.py` looks afterwards whether everything holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, LiteralString, cast
from uuid import UUID

import psycopg

NETWORK: Final = "'00000000-0000-7000-8000-000000000001'::uuid"

MEMBERS: Final = 100
"""Room for the members of a cohort in its numbers."""


@dataclass(frozen=True)
class Noun:
    """How the ids of a noun are made of its number: two digits that only it has."""

    digits: str

    def id(self, number: object) -> str:
        """The id, as SQL, of an SQL number."""
        digits = f"lpad(to_hex({number}), 8, '0')"
        return (
            f"('01a1{self.digits}' || substr({digits}, 1, 2) || '-' || substr({digits}, 3, 4)"
            f" || '-7000-8000-' || substr({digits}, 7, 2)"
            f" || substr(md5('{self.digits}' || ({number})::text), 1, 10))::uuid"
        )


COHORT, COMMONS, COLLABORATION, DOSSIER, MEMBERSHIP, GRANT, VERSION, MILESTONE, TERMS, REPORT = (
    Noun(f"c{number}") for number in range(10)
)
ACCOUNT: Final = Noun("d0")

MEASURED: Final = 0
"""The number of the cohort that is measured: as large as a cohort gets, in each database."""

READERS: Final = {
    "coordinator": ("coordinator", "the measured cohort"),
    "lead": ("collaboration_lead", "one collaboration"),
    "manager": ("programme_manager", "the programme"),
    "many": ("coordinator", "every tenth cohort"),
    "network": ("programme_manager", "the network"),
}
"""Who reads: a name, its role, and where it is held."""


def fill(superuser: str, *, cohorts: int, members: int, activity: int) -> None:
    """Add the measured cohort with fifty members and `cohorts` others with `members` each, and
    `activity` rows of the record a member."""
    with psycopg.connect(superuser) as db:
        filling = _Filling(db)
        filling.run("SET LOCAL session_replication_role = replica")
        filling.add(f"generate_series({MEASURED}, {MEASURED})", members=50, activity=activity)
        filling.add_readers()
        if cohorts:
            filling.add(f"generate_series(1, {cohorts})", members=members, activity=activity)
            filling.let_many_read(cohorts)
    with psycopg.connect(superuser, autocommit=True) as db:
        db.execute("VACUUM ANALYZE")


def id_of(superuser: str, noun: Noun, number: int) -> UUID:
    """The id of a noun's number, as it stands in the database."""
    with psycopg.connect(superuser) as db:
        row = db.execute(statement_of(f"SELECT {noun.id(number)}")).fetchone()
    assert row is not None
    return row[0]


class _Filling:
    """One transaction in which rows are copied."""

    def __init__(self, db: psycopg.Connection) -> None:
        self._db = db
        self._programme = f"'{self._one('SELECT id FROM programmes LIMIT 1')}'::uuid"

    def run(self, statement: str) -> None:
        self._db.execute(statement_of(statement))

    def add(self, numbers: str, *, members: int, activity: int) -> None:
        """Add the cohorts of these numbers with all that hangs below them."""
        cohorts = f"SELECT c FROM {numbers} c"
        rows = (
            f"SELECT c, k, c * {MEMBERS} + k AS i FROM {numbers} c, generate_series(1, {members}) k"
        )
        self._add_scopes(cohorts, rows)
        self._add_cohorts(cohorts, members)
        self._add_members(rows)
        self._add_grants(rows)
        for number, status in enumerate(("accepted", "reported", "planned"), start=1):
            self._add_milestones(rows, number, status)
        self._add_reports(rows)
        self._add_activity(rows, activity)

    def _add_scopes(self, cohorts: str, members: str) -> None:
        cohort, commons = COHORT.id("g.c"), COMMONS.id("g.c")
        collaboration, dossier = COLLABORATION.id("g.i"), DOSSIER.id("g.i")
        membership, grant = MEMBERSHIP.id("g.i"), GRANT.id("g.i")
        programme = self._programme
        above = {
            (cohorts, "cohort", cohort): {cohort: (programme,)},
            (cohorts, "commons", commons): {cohort: (cohort,)},
            (members, "collaboration", collaboration): {dossier: (NETWORK,)},
            (members, "dossier", dossier): {dossier: (collaboration, membership)},
            (members, "membership", membership): {membership: (cohort, collaboration)},
            (members, "grant", grant): {grant: (membership,)},
        }
        for (rows, kind, node), granted in above.items():
            for granted_at, parents in granted.items():
                self.run(
                    f"INSERT INTO scopes SELECT {node}, '{kind}', {granted_at} FROM ({rows}) g"
                )
                for parent in parents:
                    self._edge(rows, parent, node)
        self._edge(members, membership, commons)
        reached = {
            (cohorts, cohort): (cohort, programme, NETWORK),
            (cohorts, commons): (commons, cohort, programme, NETWORK),
            (members, commons): (membership, collaboration),
            (members, collaboration): (collaboration, NETWORK),
            (members, dossier): (dossier, collaboration, NETWORK, membership, cohort, programme),
            (members, membership): (membership, cohort, programme, NETWORK, collaboration),
            (members, grant): (grant, membership, cohort, programme, NETWORK, collaboration),
        }
        for (rows, node), ancestors in reached.items():
            for ancestor in ancestors:
                self.run(
                    "INSERT INTO scope_closure (ancestor_id, descendant_id)"
                    f" SELECT {ancestor}, {node} FROM ({rows}) g"
                )

    def _edge(self, rows: str, parent: str, child: str) -> None:
        self.run(
            "INSERT INTO scope_edges (parent_id, child_id)"
            f" SELECT {parent}, {child} FROM ({rows}) g"
        )

    def _add_cohorts(self, rows: str, members: int) -> None:
        self._copy(
            "cohorts",
            "SELECT * FROM cohorts WHERE reference = 'PLN4'",
            rows,
            {
                "id": COHORT.id("g.c"),
                "commons_id": COMMONS.id("g.c"),
                "reference": _REFERENCE,
                "name": f"'Cohort ' || {_REFERENCE}",
                "announced_capacity": str(members),
                "minimum_size": "1",
                **_at("0"),
            },
        )

    def _add_members(self, rows: str) -> None:
        self._copy(
            "collaborations",
            f"SELECT * FROM collaborations WHERE id = ({_MEMBER.replace('*', 'collaboration_id')})",
            rows,
            {
                "id": COLLABORATION.id("g.i"),
                "dossier_id": DOSSIER.id("g.i"),
                "reference": "'LD-' || g.i",
                "name": "'Collaboration ' || g.i",
                **_at(),
            },
        )
        self._copy(
            "memberships",
            _MEMBER,
            rows,
            {
                "id": MEMBERSHIP.id("g.i"),
                "cohort_id": COHORT.id("g.c"),
                "collaboration_id": COLLABORATION.id("g.i"),
                **_at(),
            },
        )

    def _add_grants(self, rows: str) -> None:
        self._copy(
            "grants",
            _GRANT,
            rows,
            {
                "id": GRANT.id("g.i"),
                "membership_id": MEMBERSHIP.id("g.i"),
                "cohort_id": COHORT.id("g.c"),
                "collaboration_id": COLLABORATION.id("g.i"),
                "number": "g.k",
                "reference": _GRANT_REFERENCE,
                "title": "'Time to open data ' || g.i",
                "summary": "'What the collaboration does with its time, as people write it.'",
                **_at(),
            },
        )
        of_grant = _GRANT.replace("*", "id")
        version = f"SELECT * FROM grant_versions WHERE grant_id = ({of_grant})"
        self._copy(
            "grant_versions",
            version,
            rows,
            {
                "id": VERSION.id("g.i"),
                "grant_id": GRANT.id("g.i"),
                "ends_on": "t.ends_on + g.c % 400",  # no two cohorts have the same year
                **_at(),
            },
        )
        self._copy(
            "grant_signatures",
            "SELECT * FROM grant_signatures"
            f" WHERE grant_version_id IN (SELECT id FROM ({version}))",
            rows,
            {"id": "gen_random_uuid()", "grant_version_id": VERSION.id("g.i")},
        )

    def _add_milestones(self, rows: str, number: int, status: str) -> None:
        one = f"(g.i * 10 + {number})"
        of_grant = _GRANT.replace("*", "id")
        milestone = f"SELECT * FROM milestones WHERE number = {number} AND grant_id = ({of_grant})"
        terms = (
            f"SELECT * FROM milestone_terms WHERE milestone_id IN (SELECT id FROM ({milestone}))"
        )
        self._copy(
            "milestones",
            milestone,
            rows,
            {
                "id": MILESTONE.id(one),
                "grant_id": GRANT.id("g.i"),
                "reference": f"{_GRANT_REFERENCE} || '-M{number}'",
                "status": f"'{status}'",
                "accepted_minor": "NULL",
                **_at(),
            },
        )
        self._copy(
            "milestone_terms",
            terms,
            rows,
            {
                "id": TERMS.id(one),
                "grant_version_id": VERSION.id("g.i"),
                "milestone_id": MILESTONE.id(one),
            },
        )
        self._copy(
            "acceptance_criteria",
            "SELECT * FROM acceptance_criteria"
            f" WHERE milestone_terms_id IN (SELECT id FROM ({terms}))",
            rows,
            {"milestone_terms_id": TERMS.id(one), "criterion_id": "gen_random_uuid()"},
        )

    def _add_reports(self, rows: str) -> None:
        template = (
            "SELECT * FROM reports WHERE status = 'submitted'"
            f" AND grant_id = ({_GRANT.replace('*', 'id')})"
        )
        self._copy(
            "reports",
            template,
            rows,
            {
                "id": REPORT.id("g.i"),
                "milestone_id": MILESTONE.id("(g.i * 10 + 2)"),
                "grant_id": GRANT.id("g.i"),
                **_at(),
            },
        )
        self._copy(
            "report_versions",
            f"SELECT * FROM report_versions WHERE report_id IN (SELECT id FROM ({template}))",
            rows,
            {"id": "gen_random_uuid()", "report_id": REPORT.id("g.i")},
        )

    def _add_activity(self, rows: str, number: int) -> None:
        """Half of it is about the membership, half about the grant."""
        each = f"SELECT r.*, v FROM ({rows}) r, generate_series(1, {number}) v"
        subject = f"CASE WHEN g.v % 2 = 0 THEN {GRANT.id('g.i')} ELSE {MEMBERSHIP.id('g.i')} END"
        noun = "CASE WHEN g.v % 2 = 0 THEN 'grant' ELSE 'membership' END"
        self._copy(
            "activity",
            "SELECT * FROM activity WHERE verb = 'membership.accepted' ORDER BY position LIMIT 1",
            each,
            {
                "noun": noun,
                "subject_id": subject,
                "scope_id": subject,
                "verb": f"{noun} || '.edited'",
                "occurred_at": _INSTANT,
                "recorded_at": _INSTANT,
            },
            but={"epoch", "transaction_id"},
        )

    def add_readers(self) -> None:
        """The accounts that read, with the password of the demonstration's coordinator."""
        where = {
            "coordinator": COHORT.id(MEASURED),
            "lead": COLLABORATION.id(MEASURED * MEMBERS + 1),
            "manager": self._programme,
            "many": COHORT.id(MEASURED),
            "network": NETWORK,
        }
        for number, (name, (role, _)) in enumerate(READERS.items()):
            account = ACCOUNT.id(number)
            self._copy(
                "accounts",
                "SELECT * FROM accounts WHERE kind = 'person' AND password_hash IS NOT NULL"
                " ORDER BY id LIMIT 1",
                "SELECT 1",
                {"id": account, "name": f"'{name}'", "email": f"'{name}@bench.example'"},
            )
            self._give(account, role, where[name], "SELECT 1")

    def let_many_read(self, cohorts: int) -> None:
        """Give one account its role on every tenth cohort."""
        tenth = f"SELECT c FROM generate_series(10, {cohorts}, 10) c"
        number = list(READERS).index("many")
        self._give(ACCOUNT.id(number), "coordinator", COHORT.id("g.c"), tenth)

    def _give(self, account: str, role: str, scope: str, rows: str) -> None:
        self._copy(
            "role_assignments",
            "SELECT * FROM role_assignments WHERE valid_until IS NULL ORDER BY id LIMIT 1",
            rows,
            {
                "id": "gen_random_uuid()",
                "account_id": account,
                "role": f"'{role}'",
                "scope_id": scope,
                "valid_from": "now() - interval '1 day'",
                "valid_until": "NULL",
            },
        )

    def _copy(
        self,
        table: str,
        source: str,
        rows: str,
        instead: Mapping[str, str],
        *,
        but: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        """One row of `table` for each of `rows` (as g) and `source` (as t), with other values
        for some columns."""
        columns = [name for name in self._columns(table) if name not in but]
        values = ", ".join(instead.get(name, f't."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        self.run(f"INSERT INTO {table} ({names}) SELECT {values} FROM ({source}) t, ({rows}) g")

    def _columns(self, table: str) -> list[str]:
        found = self._db.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'"
            " ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in found]

    def _one(self, statement: str) -> object:
        row = self._db.execute(statement_of(statement)).fetchone()
        assert row is not None
        return row[0]


_REFERENCE: Final = "'L' || lpad(g.c::text, 4, '0')"
_GRANT_REFERENCE: Final = f"{_REFERENCE} || '-G' || lpad(g.k::text, 2, '0')"
_MEMBER: Final = "SELECT * FROM memberships WHERE status = 'active' ORDER BY id LIMIT 1"
_GRANT: Final = (
    "SELECT * FROM grants WHERE id = (SELECT grant_id FROM reports"
    " WHERE status = 'submitted' ORDER BY id LIMIT 1)"
)
_INSTANT: Final = "timestamptz '2026-01-01' + g.c * interval '1 hour' + g.k * interval '1 second'"


def _at(seconds: str = "g.k") -> dict[str, str]:
    instant = _INSTANT.replace("g.k", seconds)
    return {"created_at": instant, "updated_at": instant}


def statement_of(text: str) -> LiteralString:
    """Statements are made of the constants above alone."""
    return cast("LiteralString", text)

"""The floor: the least that could answer what the service answers.

FastAPI and asyncpg, one prepared statement a request, whose JSON PostgreSQL writes. Nobody signs
in, nothing is checked, no ETag is made. Each answer has the members that the service's has, of the
same rows.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import Response

CONNECTIONS = 8

COORDINATOR = "coordinator@bench.example"


def instant(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def said(**members: str) -> str:
    """An object of these members."""
    pairs = ", ".join(f"'{name}', {column}" for name, column in members.items())
    return f"json_build_object({pairs})"


def ref(table: str, name: str = "name") -> str:
    return said(id=f"{table}.id", reference=f"{table}.reference", name=f"{table}.{name}")


def money(amount: str) -> str:
    return said(amount_minor=amount, currency="v.currency")


def actions(table: str, noun: str, *names: str) -> str:
    """What can be done next, as the service offers it: a link and its terms each."""
    each = ", ".join(
        said(
            name=f"'{name}'",
            operation_id=f"'{name}_{noun}'",
            method="'POST'",
            href=f"'/v1/{noun}s/' || {table}.id || '/{name}'",
            needs_reason="true",
            needs_if_match="false",
        )
        for name in names
    )
    return f"json_build_array({each})"


def page(rows: str) -> str:
    """Fifty of what `rows` selects as j."""
    items = "coalesce(json_agg(j), '[]'::json)"
    return (
        f"SELECT {said(items=items, next_cursor='null', total_count='null')}::text FROM ({rows}) x"
    )


MADE = {name: instant(f"{{0}}.{name}") for name in ("created_at", "updated_at")}


def made(table: str) -> dict[str, str]:
    return {name: written.format(table) for name, written in MADE.items()}


SIGNATURES = f"""(SELECT json_agg({
    said(
        capacity="s.capacity",
        person=said(id="a.id", reference="null", name="a.name"),
        signed_at=instant("s.signed_at"),
    )
} ORDER BY s.signed_at)
FROM grant_signatures s JOIN accounts a ON a.id = s.person_id WHERE s.grant_version_id = v.id)"""

CURRENT = "v.effective_at IS NOT NULL AND v.superseded_at IS NULL"

GRANT = f"""SELECT {
    said(
        id="g.id",
        reference="g.reference",
        title="g.title",
        summary="g.summary",
        status="g.status",
        membership_id="g.membership_id",
        cohort=ref("c"),
        collaboration=ref("l"),
        award=money("v.award_minor"),
        tax_treatment="v.tax_treatment",
        starts_on="v.starts_on",
        ends_on="v.ends_on",
        agreement_sha256="encode(v.agreement_sha256, 'hex')",
        signatures=SIGNATURES,
        available_actions=actions("g", "grant", "suspend", "begin_closing", "terminate"),
        version="g.version",
        **made("g"),
    )
}::text
FROM grants g JOIN cohorts c ON c.id = g.cohort_id
JOIN collaborations l ON l.id = g.collaboration_id JOIN grant_versions v ON v.grant_id = g.id AND {
    CURRENT
}
WHERE g.id = $1"""

MEMBERSHIPS = page(f"""SELECT {
    said(
        id="m.id",
        cohort=ref("c"),
        collaboration=ref("l"),
        status="m.status",
        waitlist_rank="m.waitlist_rank",
        override_reason="m.override_reason",
        timezone="m.timezone",
        offered_at=instant("m.offered_at"),
        offer_expires_at=instant("m.offer_expires_at"),
        accepted_at=instant("m.accepted_at"),
        activated_at=instant("m.activated_at"),
        ended_at=instant("m.ended_at"),
        departure="m.departure",
        counts_for_retention="m.counts_for_retention",
        is_returning="m.is_returning",
        pauses="coalesce((SELECT json_agg(row_to_json(p)) FROM membership_pauses p"
        " WHERE p.membership_id = m.id), '[]')",
        version="m.version",
        available_actions=actions("m", "membership", "pause", "complete", "withdraw", "remove"),
        **made("m"),
    )
} j
FROM memberships m JOIN cohorts c ON c.id = m.cohort_id
JOIN collaborations l ON l.id = m.collaboration_id
WHERE m.cohort_id = $1 ORDER BY m.created_at, m.id LIMIT 50""")

MILESTONES = page(f"""SELECT {
    said(
        id="m.id",
        reference="m.reference",
        number="m.number",
        kind="m.kind",
        title="m.title",
        status="m.status",
        grant=ref("g", "title"),
        cohort=ref("c"),
        collaboration=ref("l"),
        amount=money("t.amount_minor"),
        accepted_amount="null",
        is_parallel="m.is_parallel",
        needs_certification="m.needs_certification",
        opens_at=instant("m.opens_at"),
        due_on="m.due_on",
        timezone="m.timezone",
        due_at=instant("m.due_at"),
        is_due="m.due_at < now()",
        is_overdue="false",
        is_late="false",
        reported_at=instant("m.reported_at"),
        criteria="coalesce((SELECT json_agg(row_to_json(a)) FROM acceptance_criteria a"
        " WHERE a.milestone_terms_id = t.id), '[]')",
        available_actions="'[]'::json",
        version="m.version",
        **made("m"),
    )
} j
FROM milestones m JOIN grants g ON g.id = m.grant_id JOIN cohorts c ON c.id = g.cohort_id
JOIN collaborations l ON l.id = g.collaboration_id
JOIN grant_versions v ON v.grant_id = g.id AND {CURRENT}
JOIN milestone_terms t ON t.grant_version_id = v.id AND t.milestone_id = m.id
WHERE g.cohort_id = $1 ORDER BY m.due_at, m.id LIMIT 50""")


def metric(key: str, numerator: str, denominator: str) -> str:
    return said(
        key=f"'{key}'",
        title="'What the number is of'",
        value=f"round({numerator}::numeric / nullif({denominator}, 0), 6)",
        null_reason="null",
        numerator=numerator,
        denominator=denominator,
        excluded_count="s.aside",
        counted="'What was counted, in a sentence that says it.'",
        counted_of="'Of what it was counted, in another.'",
        excluded="'What was left aside, and why that is so.'",
        definition_version="1",
    )


METRICS = f"""SELECT {
    said(
        cohort=ref("c"),
        data_as_of=instant("c.updated_at"),
        metrics="json_build_array("
        + ", ".join(
            [
                metric("fill", "n.taken", "c.announced_capacity"),
                metric("milestones_reported", "s.reported", "s.in_force"),
                metric("milestones_accepted", "s.accepted", "s.in_force"),
            ]
        )
        + ")",
    )
}::text
FROM cohorts c,
(SELECT count(*) FILTER (WHERE status IN
    ('accepted', 'onboarding', 'active', 'paused', 'completed')) taken
 FROM memberships WHERE cohort_id = $1) n,
(SELECT count(*) FILTER (WHERE m.status NOT IN ('waived', 'cancelled')) in_force,
    count(*) FILTER (WHERE m.status IN ('waived', 'cancelled')) aside,
    count(*) FILTER (WHERE m.status NOT IN ('planned', 'waived', 'cancelled')) reported,
    count(*) FILTER (WHERE m.status IN ('accepted', 'partially_accepted')) accepted
 FROM milestones m JOIN grants g ON g.id = m.grant_id WHERE g.cohort_id = $1) s
WHERE c.id = $1"""

ACTIVITY = page(f"""SELECT {
    said(
        position="a.position",
        verb="a.verb",
        noun="a.noun",
        subject_id="a.subject_id",
        from_status="a.from_status",
        to_status="a.to_status",
        account_id="a.account_id",
        reason="a.reason",
        detail="a.detail",
        occurred_at=instant("a.occurred_at"),
        recorded_at=instant("a.recorded_at"),
    )
} j
FROM activity a WHERE a.position > 597 ORDER BY a.position LIMIT 50""")

ME = f"""SELECT {
    said(
        id="a.id",
        kind="a.kind",
        name="a.name",
        email="a.email",
        roles="coalesce((SELECT json_agg("
        + said(id="r.id", role="r.role", scope_id="r.scope_id", valid_from=instant("r.valid_from"))
        + ") FROM role_assignments r WHERE r.account_id = a.id), '[]')",
        version="a.version",
        **made("a"),
    )
}::text
FROM accounts a WHERE a.email = '{COORDINATOR}'"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["DSN"], min_size=CONNECTIONS, max_size=CONNECTIONS
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


async def answer(statement: str, *values: Any) -> Response:
    async with app.state.pool.acquire() as connection:
        return Response(
            await connection.fetchval(statement, *values), media_type="application/json"
        )


@app.get("/readyz")
async def ready() -> Response:
    return await answer("SELECT '{}'")


@app.get("/v1/me")
async def get_me() -> Response:
    return await answer(ME)


@app.get("/v1/grants/{grant_id}")
async def get_grant(grant_id: UUID) -> Response:
    return await answer(GRANT, grant_id)


@app.get("/v1/memberships")
async def list_memberships(cohort_id: UUID) -> Response:
    return await answer(MEMBERSHIPS, cohort_id)


@app.get("/v1/milestones")
async def list_milestones(cohort_id: UUID) -> Response:
    return await answer(MILESTONES, cohort_id)


@app.get("/v1/cohorts/{cohort_id}/metrics")
async def get_metrics(cohort_id: UUID) -> Response:
    return await answer(METRICS, cohort_id)


@app.get("/v1/activity")
async def list_activity() -> Response:
    return await answer(ACTIVITY)


@app.patch("/v1/grants/{grant_id}")
async def edit_grant(grant_id: UUID, request: Request) -> Response:
    """The row locked, changed, put on record, and told."""
    title = (await request.json())["title"]
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.fetchrow("SELECT id FROM grants WHERE id = $1 FOR NO KEY UPDATE", grant_id)
        await connection.execute(
            "UPDATE grants SET title = $2, version = version + 1, updated_at = now() WHERE id = $1",
            grant_id,
            title,
        )
        await connection.execute(
            "INSERT INTO activity (noun, subject_id, scope_id, verb, detail, occurred_at)"
            " VALUES ('grant', $1, $1, 'grant.edited', '{}', now())",
            grant_id,
        )
        return Response(await connection.fetchval(GRANT, grant_id), media_type="application/json")

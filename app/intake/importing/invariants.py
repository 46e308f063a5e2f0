"""What `pln doctor` looks for among what was imported: no row when all is well."""

from app.installation.doctor import invariant

_TABLES = {
    "account": "accounts",
    "cohort": "cohorts",
    "collaboration": "collaborations",
    "grant": "grants",
    "membership": "memberships",
    "milestone": "milestones",
    "organisation": "organisations",
    "programme": "programmes",
}

invariant(
    "what was imported is there",
    " UNION ALL ".join(
        f"SELECT r.noun, r.subject_id FROM imported_records r WHERE r.noun = '{noun}' "  # noqa: S608
        f"AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = r.subject_id)"
        for noun, table in _TABLES.items()
    ),
)

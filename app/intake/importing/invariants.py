"""What `pln doctor` looks for among what was imported: no row when all is well."""

from app.installation.doctor import invariant

_TABLES = {
    "account": "accounts",
    "cohort": "cohorts",
    "collaboration": "collaborations",
    "entry": "sheets",
    "framework": "frameworks",
    "framework_version": "framework_versions",
    "grant": "grants",
    "membership": "memberships",
    "milestone": "milestones",
    "organisation": "organisations",
    "programme": "programmes",
    "result_set": "result_sets",
    "round": "rounds",
}

invariant(
    "what was imported is there",
    " UNION ALL ".join(
        f"SELECT r.noun, r.subject_id FROM imported_records r WHERE r.noun = '{noun}' "  # noqa: S608
        f"AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = r.subject_id)"
        for noun, table in _TABLES.items()
    ),
)

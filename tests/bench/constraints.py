"""Whether what was filled in is as sound as what was made."""

from collections.abc import Iterator

import psycopg

from tests.bench.filling import statement_of


def broken_constraints(superuser: str) -> Iterator[str]:
    """Every constraint that some row breaks: what was filled in must be as sound as what was
    made."""
    with psycopg.connect(superuser) as db:
        db.execute("SET session_replication_role = origin")
        found = db.execute(
            "SELECT conrelid::regclass::text, conname, contype FROM pg_constraint"
            " WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace"
            " AND conparentid = 0 ORDER BY 1, 2"
        ).fetchall()
        db.execute(
            "UPDATE pg_constraint SET convalidated = false"
            " WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace"
        )
        for table, name, _kind in found:
            try:
                with db.transaction():
                    db.execute(statement_of(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"'))
            except psycopg.errors.IntegrityError as broken:
                yield f"{table}.{name}: {broken.diag.message_primary}"

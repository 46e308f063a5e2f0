"""What the application's database role may do: read and write rows, never change what is kept."""

from collections.abc import Iterable

from psycopg import sql

READ_ONLY = {"alembic_version"}


def granting(role: str, append_only: Iterable[str]) -> str:
    """Return the statement by which the owner lets the application's role use its tables.

    `append_only` names the tables whose rows the role may add and read, not change or delete.
    Relations of others in the schema (an extension's, say) are left as they are.
    """
    template = sql.SQL(
        """
DO $$
DECLARE
    relation record;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', {role});
    FOR relation IN
        SELECT oid::regclass AS name, relname, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
          AND relkind IN ('r', 'p', 'v', 'S')
          AND pg_has_role(relowner, 'USAGE')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %I', relation.name, {role});
        EXECUTE format('GRANT %s ON %s TO %I',
            CASE
                WHEN relation.relkind = 'S' THEN 'USAGE, SELECT'
                WHEN relation.relname = ANY ({read_only}) THEN 'SELECT'
                WHEN relation.relname = ANY ({append_only}) THEN 'SELECT, INSERT'
                ELSE 'SELECT, INSERT, UPDATE, DELETE'
            END, relation.name, {role});
    END LOOP;
END
$$
"""
    )
    return template.format(
        role=sql.Literal(role),
        read_only=sql.Literal(sorted(READ_ONLY)),
        append_only=sql.Literal(sorted(append_only)),
    ).as_string(None)

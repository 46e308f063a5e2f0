"""The SQL of what service accounts have lost or will lose, since their owners do not hold it.

It compares sets of permissions as strings of bits, one bit a permission, so that all service
accounts are asked about at once. It reads no column that is younger than the first release, so that
it can be asked before an upgrade too.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import Final

from app.kernel.permissions import PERMISSIONS
from app.people.identity.roles import Role, everyone_holds, everywhere_of, permissions_of
from app.people.identity.scopes import NETWORK_ID

FORESEEN: Final = timedelta(days=30)
"""How long before it is lost it is told."""

_LOSSES: Final = """
WITH roles (name, held, everywhere) AS (VALUES {roles})
SELECT * FROM (
    SELECT mine.id AS role_assignment_id, mine.account_id, mine.scope_id, service.owner_id,
        moment.at,
        (my.held & ~my.everywhere & ~(covered.here | everyone.held))
        | (my.everywhere & ~(covered.network | everyone.held)) AS lost
    FROM role_assignments AS mine
    JOIN roles AS my ON my.name = mine.role
    JOIN accounts AS service ON service.id = mine.account_id AND service.disabled_at IS NULL
    JOIN accounts AS owner ON owner.id = service.owner_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN owner.disabled_at IS NULL THEN {everyone} ELSE {nothing} END AS held
    ) AS everyone
    CROSS JOIN LATERAL (
        SELECT {at} AS at
        UNION
        SELECT valid_until FROM role_assignments
        WHERE account_id = owner.id AND valid_until > {at} AND valid_until <= {until}
    ) AS moment
    CROSS JOIN LATERAL (
        SELECT
            coalesce(bit_or(
                CASE
                    WHEN theirs.scope_id = '{network}' OR path.ancestor_id IS NOT NULL THEN its.held
                    ELSE its.everywhere
                END
            ), {nothing}) AS here,
            coalesce(bit_or(
                CASE WHEN theirs.scope_id = '{network}' THEN its.held ELSE its.everywhere END
            ), {nothing}) AS network
        FROM role_assignments AS theirs
        JOIN roles AS its ON its.name = theirs.role
        LEFT JOIN scope_closure AS path
            ON path.ancestor_id = theirs.scope_id AND path.descendant_id = mine.scope_id
        WHERE theirs.account_id = owner.id AND owner.disabled_at IS NULL
            AND theirs.valid_from <= moment.at
            AND (theirs.valid_until IS NULL OR theirs.valid_until > moment.at)
    ) AS covered
    WHERE mine.valid_from <= {at} AND (mine.valid_until IS NULL OR mine.valid_until > moment.at)
) AS compared
WHERE compared.lost <> {nothing}
"""


@cache
def losses(at: str, until: str) -> str:
    """Rows of what is lost: by which role assignment, of which account and owner, from when on,
    and the bits of the permissions. `at` and `until` are placeholders of the instants between
    which it is looked."""
    roles = ", ".join(
        f"('{role}', {_bits(permissions_of(role))}, {_bits(everywhere_of(role))})" for role in Role
    )
    return _LOSSES.format(
        roles=roles,
        everyone=_bits(everyone_holds()),
        nothing=_bits(()),
        network=NETWORK_ID,
        at=at,
        until=until,
    )


def named(bits: str) -> list[str]:
    """The permissions that a string of bits stands for."""
    return [name for name, bit in zip(sorted(PERMISSIONS), bits, strict=True) if bit == "1"]


def _bits(permissions: Collection[str]) -> str:
    digits = "".join("1" if name in permissions else "0" for name in sorted(PERMISSIONS))
    return f"B'{digits}'"

"""What `pln doctor` looks for among targets: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "the learning that came of a target is the collaboration's own",
    """
    SELECT trust_targets.id FROM trust_targets
    JOIN memberships ON memberships.id = membership_id
    JOIN learnings ON learnings.id = learning_id
    WHERE learnings.collaboration_id <> memberships.collaboration_id
    """,
)

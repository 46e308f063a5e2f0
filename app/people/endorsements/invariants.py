"""What `pln doctor` looks for among first words: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "the first of two words is on record",
    """
    SELECT endorsements.id, subject_id, move
    FROM endorsements
    WHERE NOT EXISTS (
        SELECT FROM activity
        WHERE activity.subject_id = endorsements.subject_id
            AND activity.verb = endorsements.verb
            AND activity.person_id = endorsements.person_id
    )
    """,
)
invariant(
    "nobody has said the first of two words twice, by two accounts of theirs",
    """
    SELECT subject_id, move, coalesce(merged_into_id, accounts.id)
    FROM endorsements JOIN accounts ON accounts.id = person_id
    GROUP BY subject_id, move, digest, coalesce(merged_into_id, accounts.id)
    HAVING count(*) > 1
    """,
)
invariant(
    "the first of two words has an end",
    "SELECT id, subject_id, move FROM endorsements WHERE lapses_at <= endorsed_at",
)

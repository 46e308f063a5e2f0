"""What `pln doctor` looks for among results: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "of a round one set of results is published at a time",
    """
    SELECT round_id FROM result_sets WHERE status = 'published'
    GROUP BY round_id HAVING count(*) > 1
    """,
)
invariant(
    "results say of how many of them anything is told",
    """
    SELECT result_sets.id FROM result_sets
    WHERE told <> (
        SELECT count(*) FROM results WHERE result_set_id = result_sets.id AND NOT is_suppressed
    )
    """,
)
invariant(
    "results are known by what they were computed from",
    """
    SELECT result_sets.id FROM result_sets
    LEFT JOIN result_inputs ON result_set_id = result_sets.id
    WHERE result_set_id IS NULL
    OR encode(sha256(convert_to(sheets, 'UTF8')), 'hex') <> input_hash
    """,
)
invariant(
    "no result is about fewer than the round promised",
    """
    SELECT results.id FROM results
    JOIN result_sets ON result_sets.id = result_set_id
    WHERE membership_id IS NOT NULL AND NOT is_suppressed AND band IS NULL
    AND NOT (parameters::jsonb ->> 'is_attributed')::boolean
    AND sheets < (parameters::jsonb ->> 'k')::int
    """,
)

"""What `pln doctor` looks for among sheets: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a sheet is of the round of its assessment and of who is asked for it",
    """
    SELECT sheets.id FROM sheets
    JOIN assessments ON assessments.id = assessment_id
    JOIN round_respondents ON round_respondents.id = respondent_id
    WHERE assessments.round_id <> sheets.round_id
    OR round_respondents.assessment_id <> sheets.assessment_id
    """,
)
invariant(
    "sheets of an anonymous round and marks of who answered are of one transaction",
    """
    SELECT round_id FROM (
        SELECT round_id, xmin::text AS written_by FROM anonymous_sheets
        UNION ALL
        SELECT round_id, xmin::text FROM round_answered_marks
    ) AS written
    GROUP BY round_id HAVING count(DISTINCT written_by) > 1
    """,
)
invariant(
    "there are as many marks as sheets of an open anonymous round",
    """
    SELECT id FROM rounds WHERE status = 'open'
    AND (SELECT count(*) FROM anonymous_sheets WHERE round_id = rounds.id)
        <> (SELECT count(*) FROM round_answered_marks WHERE round_id = rounds.id)
    """,
)

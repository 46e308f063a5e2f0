"""What `pln doctor` looks for among reports: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "a submitted report has the hash of its content",
    """
    SELECT report_id, number FROM report_versions
    WHERE sha256(convert_to(content, 'UTF8')) <> sha256
    """,
)
invariant(
    "a submitted report has the hash that was recorded when it was submitted",
    """
    SELECT report_id, number FROM report_versions
    WHERE NOT EXISTS (
        SELECT FROM activity
        WHERE noun = 'report' AND subject_id = report_id AND verb = 'report.submitted'
        AND (detail ->> 'number')::bigint = report_versions.number
        AND detail ->> 'sha256' = encode(report_versions.sha256, 'hex')
    )
    """,
)
invariant(
    "every submission of a report was kept",
    """
    SELECT reports.id, submissions, count(report_versions.id)
    FROM reports LEFT JOIN report_versions ON report_id = reports.id
    GROUP BY reports.id
    HAVING count(report_versions.id) <> submissions
    """,
)
invariant(
    "a report and its milestone were accepted together",
    """
    SELECT reports.id, milestones.id
    FROM reports JOIN milestones ON milestones.id = milestone_id
    WHERE reports.status = 'accepted'
    AND milestones.status NOT IN ('accepted', 'partially_accepted')
    """,
)

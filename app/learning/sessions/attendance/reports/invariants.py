"""What `pln doctor` looks for among reports of meetings: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "whoever a line of a report was assigned to is known to have been there then",
    """
    SELECT unmatched_attendance.id FROM unmatched_attendance
    WHERE account_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM attendance_evidence
        WHERE attendance_evidence.session_id = unmatched_attendance.session_id
        AND attendance_evidence.account_id = unmatched_attendance.account_id
        AND attendance_evidence.joined_at = unmatched_attendance.joined_at
        AND attendance_evidence.left_at = unmatched_attendance.left_at
    )
    """,
)

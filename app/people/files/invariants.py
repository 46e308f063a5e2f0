"""What `pln doctor` looks for among files: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "every file and upload has all the bytes it counts, one after the other",
    """
    SELECT counted.id, counted.size, coalesce(max(chunk.stop), 0) AS stop
    FROM (
        SELECT id, size FROM files
        UNION ALL SELECT id, received FROM uploads WHERE completed_at IS NULL
    ) AS counted
    LEFT JOIN (
        SELECT content_id, start, start + octet_length(data) AS stop,
            lag(start + octet_length(data), 1, 0::bigint)
                OVER (PARTITION BY content_id ORDER BY start) AS before
        FROM file_chunks
    ) AS chunk ON chunk.content_id = counted.id
    GROUP BY counted.id, counted.size
    HAVING coalesce(max(chunk.stop), 0) <> counted.size OR bool_or(chunk.start <> chunk.before)
    """,
)
invariant(
    "no bytes are kept of what is neither a file nor an upload",
    """
    SELECT DISTINCT content_id FROM file_chunks
    WHERE NOT EXISTS (SELECT FROM files WHERE id = content_id)
      AND NOT EXISTS (SELECT FROM uploads WHERE id = content_id)
    """,
)

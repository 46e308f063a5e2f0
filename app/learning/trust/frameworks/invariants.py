"""What `pln doctor` looks for among frameworks: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a framework has a version",
    """
    SELECT id FROM frameworks
    WHERE NOT EXISTS (SELECT FROM framework_versions WHERE framework_id = frameworks.id)
    """,
)
invariant(
    "what is told of a version of a framework is what its document says",
    """
    SELECT framework_versions.id FROM framework_versions
    JOIN frameworks ON frameworks.id = framework_id
    WHERE document::jsonb ->> 'slug' <> slug
    OR document::jsonb ->> 'version' <> number
    OR document::jsonb ->> 'title' <> title
    OR document::jsonb ->> 'licence' <> licence
    OR (document::jsonb -> 'levels' = '[]') <> (kind = 'survey')
    """,
)

"""What `pln doctor` looks for among action items: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "an action item is carried on within its series",
    """
    SELECT action_items.id FROM action_items
    JOIN learning_sessions AS now_in ON now_in.id = action_items.session_id
    JOIN learning_sessions AS raised_in ON raised_in.id = raised_in_id
    LEFT JOIN learning_sessions AS first ON first.id = raised_in.sitting_of_id
    WHERE now_in.id <> raised_in.id
        AND now_in.series_id IS DISTINCT FROM coalesce(first.series_id, raised_in.series_id)
    """,
)

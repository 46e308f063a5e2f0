"""What `pln doctor` looks for among cohorts: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "no more places are taken than announced and overridden",
    """
    SELECT cohorts.id, announced_capacity, count(*)
    FROM cohorts JOIN memberships ON cohort_id = cohorts.id
    WHERE memberships.status IN
        ('offered', 'accepted', 'onboarding', 'active', 'paused', 'completed')
    GROUP BY cohorts.id
    HAVING count(*) FILTER (WHERE override_reason IS NULL) > announced_capacity
    """,
)
invariant(
    "the dossier of a collaboration lies below its live memberships and no others",
    """
    SELECT memberships.id, memberships.status
    FROM memberships
    JOIN collaborations ON collaborations.id = collaboration_id
    LEFT JOIN scope_edges ON parent_id = memberships.id AND child_id = dossier_id
    WHERE (child_id IS NOT NULL) <>
        (memberships.status IN
            ('accepted', 'onboarding', 'active', 'paused'))
        AND NOT (child_id IS NULL AND EXISTS (
            SELECT FROM activity
            WHERE activity.noun = 'membership' AND subject_id = memberships.id
                AND verb = 'membership.reinstated'
        ))
    """,
)
invariant(
    "the commons of a cohort lies below its active memberships and no others",
    """
    SELECT memberships.id, memberships.status
    FROM memberships
    JOIN cohorts ON cohorts.id = cohort_id
    LEFT JOIN scope_edges ON parent_id = memberships.id AND child_id = commons_id
    WHERE (child_id IS NOT NULL) <> (memberships.status IN ('active', 'paused'))
    """,
)
invariant(
    "the retention denominator is the number of members it was frozen over",
    """
    SELECT cohorts.id, retention_denominator, count(memberships.id)
    FROM cohorts LEFT JOIN memberships ON cohort_id = cohorts.id AND counts_for_retention
    WHERE retention_denominator IS NOT NULL
    GROUP BY cohorts.id
    HAVING count(memberships.id) <> retention_denominator
    """,
)
invariant(
    "nobody waits for a place that is free",
    """
    SELECT cohorts.id, announced_capacity
    FROM cohorts JOIN memberships ON cohort_id = cohorts.id
    WHERE cohorts.status IN ('recruiting', 'selecting', 'confirmed')
    GROUP BY cohorts.id
    HAVING bool_or(memberships.status = 'waitlisted') AND announced_capacity > count(*) FILTER (
        WHERE memberships.status IN
            ('offered', 'accepted', 'onboarding', 'active', 'paused', 'completed')
    )
    """,
)
invariant(
    "an announcement was sent to as many people as it says",
    """
    SELECT announcements.id, recipient_count, count(announcement_deliveries.id)
    FROM announcements
    LEFT JOIN announcement_deliveries ON announcement_id = announcements.id
    GROUP BY announcements.id
    HAVING count(announcement_deliveries.id) <> coalesce(recipient_count, 0)
    """,
)
invariant(
    "the tasks of a member are requirements of its cohort",
    """
    SELECT membership_tasks.id
    FROM membership_tasks
    JOIN memberships ON memberships.id = membership_id
    JOIN cohort_requirements ON cohort_requirements.id = requirement_id
    WHERE memberships.cohort_id <> cohort_requirements.cohort_id
    """,
)

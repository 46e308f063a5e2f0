"""What `pln doctor` looks for among rounds: no row comes back when all is well."""

from app.installation.doctor import invariant

invariant(
    "a round lies where its cohort shares",
    """
    SELECT rounds.id FROM rounds JOIN cohorts ON cohorts.id = cohort_id
    WHERE rounds.scope_id <> cohorts.commons_id
    """,
)
invariant(
    "nothing says who answered an anonymous round that is not open",
    """
    SELECT respondent_id FROM round_answered_marks JOIN rounds ON rounds.id = round_id
    WHERE rounds.status <> 'open' OR rounds.confidentiality <> 'anonymous'
    """,
)

"""Who may do what with the publication of grants."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import LEAD, READS_GRANTS, RUNS

permissions(
    Permission("grant_publication.read", "see what of a grant is published", *READS_GRANTS),
    Permission("grant_publication.propose", "propose what of a grant is published", *RUNS),
    Permission("grant_publication.consent", "consent to it for the grantee", LEAD),
    Permission("grant_publication.publish", "publish what the grantee consented to", *RUNS),
    Permission("grant_publication.withdraw", "take what was published back", *RUNS, LEAD),
)

"""Who may do what with grants, milestones and due diligence."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADMIN,
    APPROVER,
    AUDITOR,
    COLLABORATION,
    LEAD,
    MANAGER,
    READS_GRANTS,
    RELEASER,
    RUNS,
    STAFF,
)

permissions(
    Permission("grant.read", "see a grant and its milestones", *READS_GRANTS),
    Permission("grant.create", "draw up a grant", *RUNS),
    Permission("grant.edit", "edit a grant that is a draft", *RUNS),
    Permission("grant.delete", "delete a draft that nothing depends on", *RUNS),
    Permission("grant.offer", "offer a grant", *RUNS),
    Permission("grant.sign_as_grantee", "sign a grant for the collaboration", LEAD),
    Permission("grant.sign_as_convenor", "sign a grant for the convenor", MANAGER),
    Permission("grant.suspend", "suspend a grant and let it go on", *RUNS),
    Permission("grant.continue", "let a grant go on after its membership ended", *RUNS),
    Permission("grant.close", "bring a grant to its end", *RUNS),
    Permission("grant.reopen", "reopen a closed grant", MANAGER),
    Permission("grant.terminate", "end a grant early, with a second person", MANAGER),
    Permission("grant.endorse_termination", "be the second to end a grant early", *RUNS),
    Permission("grant.cancel", "cancel a grant that was not signed", *RUNS),
    Permission(
        "grant_template.read", "see templates of grants", ADMIN, AUDITOR, *RUNS, everywhere=True
    ),
    Permission("grant_template.edit", "keep a programme's templates of grants", *RUNS),
    Permission("due_diligence.read", "read the checks of a grantee", *STAFF, APPROVER, RELEASER),
    Permission("due_diligence.check", "record checks of a grantee", *RUNS),
    Permission("due_diligence.waive", "do without a check of a grantee", MANAGER),
    Permission("due_diligence.require", "set which checks a programme asks for", ADMIN, MANAGER),
    Permission("milestone.ask_extension", "ask for a later due date", *COLLABORATION),
    Permission("milestone.extend", "move a due date", *RUNS),
    Permission("milestone.approve_part", "be the second to accept a part of a milestone", MANAGER),
    Permission("milestone.waive", "do without a milestone, with a second person", *RUNS),
    Permission("milestone.approve_waiver", "be the second to do without a milestone", MANAGER),
    Permission("milestone.cancel", "cancel the milestones of a grant with it", *RUNS, LEAD),
)

AUDIENCES: Final = audiences(
    to_all=(
        "grant.edited",
        "grant.terms_edited",
        "milestone.removed",
    ),
    to_parties=(
        "membership.grant_deleted",
        "milestone.extended",
        "milestone.moved_by_leave",
        "milestone.extension_asked",
        "milestone.extension_declined",
    ),
    to_team=(
        "grant.checked",
        "grant_template.created",
        "grant_template.deleted",
        "grant_template.edited",
        "programme.due_diligence_edited",
    ),
)

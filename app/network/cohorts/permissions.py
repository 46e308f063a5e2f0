"""Who may do what with cohorts and their members."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADVISER,
    CLOCK,
    COLLABORATION,
    FACILITATOR,
    LEAD,
    MANAGER,
    OBSERVER,
    READS_GRANTS,
    REVIEWER,
    RUNS,
    STAFF,
)

permissions(
    Permission("cohort.read", "see a cohort", *READS_GRANTS, FACILITATOR, OBSERVER),
    Permission("cohort.create", "add cohorts to a programme", *RUNS),
    Permission("cohort.edit", "edit a cohort", *RUNS),
    Permission("cohort.delete", "delete a draft of a cohort", *RUNS),
    Permission("cohort.recruit", "open a cohort's recruitment", *RUNS),
    Permission("cohort.select", "end recruitment and select", *RUNS),
    Permission("cohort.confirm", "confirm who is in a cohort", *RUNS),
    Permission("cohort.start", "start a cohort", *RUNS, CLOCK),
    Permission("cohort.undo_start", "take back the start of a cohort", *RUNS),
    Permission("cohort.wrap_up", "begin a cohort's last weeks", *RUNS),
    Permission("cohort.close", "close a cohort", *RUNS),
    Permission("cohort.cancel", "cancel a cohort", MANAGER),
    Permission("cohort.reopen", "reopen a closed cohort", MANAGER),
    Permission("membership.read", "see who is in a cohort", *READS_GRANTS, FACILITATOR),
    Permission("membership.offer", "offer a place", *RUNS),
    Permission("membership.delete", "delete what waits for a place by mistake", *RUNS),
    Permission("membership.accept", "accept the offer of a place", LEAD),
    Permission("membership.decline", "decline the offer of a place", LEAD),
    Permission("membership.advance", "offer a freed place to whoever waits first", CLOCK),
    Permission("membership.expire", "let an offer lapse at its deadline", CLOCK),
    Permission("membership.onboard", "begin a member's onboarding", *RUNS),
    Permission("membership.activate", "let a member take part", *RUNS),
    Permission("membership.pause", "give a member leave for a time", *RUNS),
    Permission("membership.resume", "bring a member back from leave", *RUNS),
    Permission("pause_request.create", "ask for leave", LEAD),
    Permission("pause_request.decide", "agree to leave or decline it", *RUNS),
    Permission("membership.complete", "record that a member completed", *RUNS),
    Permission("membership.withdraw", "take a member out at its own wish", *RUNS, LEAD),
    Permission("membership.remove", "remove a member, with a second person", *RUNS),
    Permission("membership.reinstate", "undo a removal or completion", MANAGER),
    Permission("task.create", "lay out what a member has to do", *RUNS),
    Permission("task.edit", "move a member's due date", *RUNS),
    Permission("task.meet", "say that a requirement is met", *RUNS, *COLLABORATION),
    Permission("task.answer", "be asked for what a member still has to do", LEAD),
    Permission("task.judge", "say so of requirements that are judged", *RUNS),
    Permission("task.waive", "let a member off a requirement", *RUNS),
    Permission("task.reopen", "ask for a requirement again", *RUNS),
    Permission("directory.read", "see who else is in one's cohort", *READS_GRANTS, FACILITATOR),
    Permission("announcement.read", "see what the members are told", *STAFF, FACILITATOR),
    Permission("announcement.create", "draft what the members are told", *RUNS),
    Permission("announcement.edit", "change a draft, or throw it away", *RUNS),
    Permission("announcement.schedule", "say when it is sent", *RUNS),
    Permission("announcement.send", "send it", *RUNS, CLOCK),
    Permission("announcement.cancel", "let it never be sent", *RUNS, CLOCK),
    Permission("note.read", "read the team's notes", *STAFF, FACILITATOR, REVIEWER, ADVISER),
    Permission("note.create", "write notes for the team", *RUNS, FACILITATOR, REVIEWER, ADVISER),
)

AUDIENCES: Final = audiences(
    to_all=(
        "cohort.edited",
        "requirement.created",
        "requirement.deleted",
        "requirement.edited",
    ),
    to_parties=(
        "membership.reminded",
        "membership.written_to",
        "task.edited",
    ),
    to_team=(
        "announcement.deleted",
        "announcement.edited",
        "cohort.deleted",
        "cohort.membership_deleted",
        "note.added",
    ),
)

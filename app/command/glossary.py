"""`docs/glossary.md`: each noun, status and verb with its one meaning.

Nouns and statuses are said here, verbs by the operations that make the moves.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.kernel.transitions import Lifecycle

NOUNS: Final = {
    "account": "Somebody who signs in: a person, or a service account.",
    "accounting period": "Some days of a fund's ledger, which are closed for good one day.",
    "action item": "What somebody said in a learning session that they would do, by a day.",
    "affiliation": "That a person works for an organisation, from when until when.",
    "attendance": "Who was at a learning session, by what shows it or what was said of it.",
    "agreement": "What the participants of a collaboration have signed about its data.",
    "amendment": "What would be agreed of a grant instead of what is, as a whole new version.",
    "announcement": "What the members of a cohort are told, once each.",
    "answer": "What was written to a criterion of a report, or to an expectation of a programme.",
    "API token": "A secret of a service account that reads and never writes.",
    "change": "What became of the numbers of one round until another, from what was told of both.",
    "cohort": "The collaborations that learn together for some months.",
    "collaboration": "A group of organisations that share or open data for a purpose.",
    "conflict of interest": "Why somebody is not independent of something: declared or imposed.",
    "criterion": "What the report of a milestone must show.",
    "crosswalk": "Which questions of two versions of a framework may be compared.",
    "data set": "Data that a collaboration shares or opens, with its place on the data spectrum.",
    "disclosure": "That a member shows what was published of it to others.",
    "dispensation": "That somebody may decide in spite of a conflict, given by two persons.",
    "dossier": "The confidential part of a collaboration: its profile, people, data and risks.",
    "due diligence check": "What was found of a grantee, by whom, and how long it counts.",
    "endorsement": "The word of the first of two persons whom a move takes.",
    "evidence": "A file or an address that shows what a report says.",
    "expectation": "What a programme asks of its collaborations to answer.",
    "expenditure": "What was spent on one line of a grant's budget.",
    "export": "A list as CSV.",
    "external grant": "A grant that another funder published, kept to be compared with ours.",
    "file": "What somebody uploaded, once it is whole.",
    "framework": "What is asked about trust, or a survey, as a document in versions.",
    "framework version": "A framework as it was drawn up at one time.",
    "fund": "Money that a funder gives for a programme, in one currency.",
    "grant": "Money promised to a membership, paid by milestones.",
    "grant publication": "What of a grant everybody is told, in words its grantee consented to.",
    "grant template": "What is usually agreed, with days counted from the start of a grant.",
    "impact": "What became better for whom because of a collaboration.",
    "import": "What another system or a spreadsheet kept, brought in.",
    "invitation": "A link, for one use, by which somebody takes a role.",
    "journal entry": "One thing that happened to the money of a fund; reversed, never changed.",
    "learning": "What a collaboration learnt and shares with others.",
    "learning session": "What a cohort does together at one time, led by somebody.",
    "leave of absence": "An agreed time for which a membership rests.",
    "letter": "What was mailed to somebody, and what became of it.",
    "membership": "A collaboration in a cohort.",
    "merged duty": "Two duties that turned out to be held by one person.",
    "metric": "A number that is counted from facts, as its definition says.",
    "metric target": "What a metric of a cohort or a programme is to be by a day.",
    "milestone": "A step of a grant, reported with its evidence and accepted.",
    "milestone extension": "More time for a milestone, asked for and decided.",
    "obligation": "What is due on a day, from whom.",
    "operation": "Long work that goes on after the answer; what a client calls is an endpoint.",
    "organisation": "A company, a research or public body, or a non-profit.",
    "participant": "An organisation in a collaboration, with what it does there.",
    "password reset": "A link, for one use, by which somebody sets a new password.",
    "pause request": "A request for leave of absence, and what was decided about it.",
    "payee account": "Where a grant is paid to; it never changes, another takes its place.",
    "payment": "What a milestone made payable, on its way to the grantee.",
    "permission": "What a role lets somebody do, such as `grant.read`.",
    "priority area": "A problem that a programme may take up.",
    "problem": "An answer that is not a success, with a code.",
    "programme": "What the network is funded to do, with its targets.",
    "publication consent": "A grantee's leave to publish the summary of a report.",
    "recovery": "What was paid to a grantee and is to come back, or was given up.",
    "report": "What a grantee says of a milestone, with evidence and spending, and its review.",
    "requirement": "What a cohort asks of each of its members.",
    "result": "What one perspective says of one member, or of all, in one part of a framework.",
    "result set": "All results of a round, pinned to what they were computed from.",
    "risk": "What may go wrong in a collaboration, how likely and how bad.",
    "role": "A named set of permissions.",
    "role assignment": "That an account holds a role on a scope, from when until when.",
    "rsvp": "Whether somebody comes to a learning session, or waits for a seat.",
    "scope": "What a role is held on, and reaches down from: the network, a cohort, a grant.",
    "session guest": "Somebody from outside who is invited to one session, by a link of their own.",
    "session minutes": "What was said in a learning session, and what is published of it.",
    "session poll": "The question when a session is to be, on which people vote.",
    "session series": "Sessions that were planned together, by a rule of RFC 5545.",
    "service account": "An account of a program, with a person who answers for it.",
    "sign-in": "One session of an account, which it may end.",
    "snapshot": "What the metrics of a cohort were when it closed.",
    "strand": "A line of a programme that collaborations belong to.",
    "support": "Help that the network gave a collaboration.",
    "target": "A number that a programme is to reach by a day.",
    "task": "What a requirement comes to for one membership.",
    "profile": "What was published of one member in one round, as a whole.",
    "trust target": "What a member sets out to be in one question of a framework, and by when.",
    "upload": "A file that is still coming.",
    "version": "A report as it was submitted; elsewhere the number of a thing's last change.",
    "assessment": "One member of a cohort, looked at from one side in one round.",
    "respondent": "Somebody who is asked for an assessment, with an account or by a link.",
    "round": "A time at which a cohort is asked what one framework asks.",
    "round comment": "What was written in a round, split from its numbers and moderated.",
    "sheet": "What one person answers about one member, in a round that is not anonymous.",
    "sheet evidence": "What shows that an answer of a sheet is so, until a day.",
    "stakeholder": "Somebody from outside who is asked what they think of a member, by a link.",
    "verification": "What somebody outside says of whether an answer holds.",
}
"""What each noun means, by the name that people say."""

STATUSES: Final[Mapping[str, Mapping[str, str]]] = {
    "accounting_period": {
        "open": "Entries count on its days.",
        "closed": "Its days, and all before them, take no entry.",
    },
    "amendment": {
        "draft": "Being drawn up.",
        "submitted": "For the convenor to decide.",
        "approved": "To be applied; nobody signs it.",
        "awaiting_countersignature": "For both sides to sign.",
        "effective": "It is what is agreed.",
        "rejected": "What was agreed stays.",
        "withdrawn": "Given up by whoever proposed it, or by the team.",
        "superseded": "What it would have changed is not agreed any more.",
    },
    "announcement": {
        "draft": "Being written.",
        "scheduled": "Will be sent at an hour that is set.",
        "sent": "Went out to everyone whom it is for.",
        "cancelled": "Will not be sent.",
    },
    "cohort": {
        "draft": "Being planned; only its team sees it.",
        "recruiting": "Announced: collaborations may be given places.",
        "selecting": "Recruitment has ended, and places are being settled.",
        "confirmed": "Its members are known; it has not begun.",
        "running": "Under way.",
        "wrapping_up": "Its last weeks: what is open is finished.",
        "closed": "It has ended as planned.",
        "cancelled": "It did not take place, or not to its end.",
    },
    "collaboration": {
        "idea": "A challenge, and somebody who would take it up.",
        "scoping": "What it is for and which data it needs is being found out.",
        "forming": "Its participants agree on what each does.",
        "launched": "Agreed, and begun.",
        "operating": "Data are shared and used.",
        "on_hold": "It rests, and may go on.",
        "concluded": "It has done what it was for, and said what it learnt.",
        "abandoned": "It was given up.",
    },
    "disclosure": {
        "granted": "Holds until its time, or until it is taken back.",
        "revoked": "Was taken back.",
    },
    "dispensation": {
        "proposed": "One person has given it; another must confirm it.",
        "confirmed": "It holds until its day.",
        "revoked": "It does not hold any more.",
    },
    "fund": {
        "open": "Money comes and is promised.",
        "closed": "Nothing is left in it.",
    },
    "grant": {
        "draft": "Being drawn up.",
        "pending_due_diligence": "The grantee is being checked.",
        "offered": "For both sides to sign.",
        "active": "Signed by both: milestones are reported.",
        "suspended": "Held by the funder's side, and may go on.",
        "closing": "Its period is over; what was delivered is still settled.",
        "closed": "Everything is settled.",
        "terminated": "Ended before its time after it was signed.",
        "cancelled": "Ended before it was signed.",
    },
    "result_set": {
        "provisional": "Was computed; nobody reads what it tells.",
        "published": "Is read by whoever may, and does not change.",
        "superseded": "Others of its round were published since; it stays to be read.",
        "retracted": "Was taken back, and is read by nobody.",
    },
    "trust_target": {
        "open": "Still to be met.",
        "met": "Is met, with what shows it.",
        "dropped": "Was given up.",
    },
    "rsvp": {
        "yes": "Comes, and has a seat.",
        "tentative": "May come; no seat is kept.",
        "no": "Does not come.",
        "waitlisted": "Waits for a seat.",
        "offered": "Is offered a seat that was freed, for a time.",
        "lapsed": "Did not take the seat that was offered in time.",
        "delegated": "Somebody of the same collaboration goes instead.",
    },
    "action_item": {
        "open": "Still to be done.",
        "done": "Was done.",
        "dropped": "Will not be done.",
    },
    "session_poll": {
        "open": "People vote on its times.",
        "closed": "Nobody votes any more; a time is to be chosen.",
        "decided": "A time was chosen, and the session has it.",
        "cancelled": "None of the times was chosen.",
    },
    "session_minutes": {
        "draft": "Seen by who writes them alone.",
        "published": "Read by whoever takes part.",
    },
    "session_guest": {
        "invited": "Has a link, and has not answered; a seat is kept.",
        "accepted": "Comes, and knows where it is.",
        "declined": "Does not come.",
        "withdrawn": "Is not invited any more.",
    },
    "round": {
        "draft": "Being planned, and may be edited.",
        "scheduled": "Opens by itself at its time.",
        "open": "Is answered. What it promised is only made stricter.",
        "closed": "Nobody answers any more.",
        "moderating": "What was written is looked through.",
        "published": "Its results are told.",
        "archived": "Laid down; its results stay.",
        "cancelled": "Was not answered to its end: nothing of it is told.",
    },
    "round_comment": {
        "waiting": "Nobody has looked through it; seen by who facilitates alone.",
        "shown": "Is told with the results of the round, as it was written.",
        "withheld": "Is told to nobody but who facilitates, for a reason.",
    },
    "sheet": {
        "draft": "Being answered; seen by who answers alone.",
        "submitted": "Sent: it counts.",
        "excluded": "Counts for nothing, for a reason.",
        "withdrawn": "Taken back, with its answers.",
    },
    "sheet_evidence": {
        "shown": "Stands beside the answer, until its day is over.",
        "withdrawn": "Shows nothing any more.",
    },
    "verification": {
        "standing": "It counts for a year where it supports the answer.",
        "withdrawn": "Counts no more.",
    },
    "framework_version": {
        "draft": "Being drawn up, and may be edited.",
        "published": "May be used, and does not change.",
        "retired": "Nothing new is begun with it; what was done with it stays.",
    },
    "learning_session": {
        "draft": "Planned; nothing rests on it yet.",
        "scheduled": "Takes place at the time that it has.",
        "postponed": "Put off until it has another time.",
        "live": "Is going on.",
        "held": "Has taken place.",
        "cancelled": "Does not take place.",
    },
    "grant_publication": {
        "proposed": "Its words wait for the grantee's consent.",
        "consented": "The grantee consented to these words; it can be published.",
        "published": "Everybody is told, unless the grant itself was taken back.",
        "withdrawn": "Nobody is told any more, and whoever asks learns that it is gone.",
    },
    "membership": {
        "waitlisted": "Waits for a place.",
        "offered": "Has been offered a place, until an hour that is set.",
        "accepted": "Has taken its place.",
        "onboarding": "Does what is asked of it before it begins.",
        "active": "Takes part.",
        "paused": "On leave of absence.",
        "completed": "Took part to the end and met what was required.",
        "withdrawn": "Left by itself.",
        "removed": "Was excluded, by two persons.",
        "declined": "Did not take the place that it was offered.",
        "expired": "Let the time of its offer pass.",
    },
    "milestone": {
        "planned": "Not reported yet.",
        "reported": "Its report is with the reviewers.",
        "changes_requested": "Its report went back for changes.",
        "accepted": "Accepted, and its amount is earned in full.",
        "partially_accepted": "Accepted in part, with part of its amount, by two persons.",
        "rejected": "Not accepted.",
        "waived": "Let off, by two persons.",
        "cancelled": "Not asked for any more, since its grant has ended.",
    },
    "pause_request": {
        "open": "Waits for a decision.",
        "agreed": "Leave is given.",
        "declined": "Leave is not given.",
        "withdrawn": "Taken back by who asked.",
    },
    "payee_account": {
        "proposed": "Said by the grantee, and not verified yet.",
        "verified": "Verified by a call: the grant is paid to it.",
        "replaced": "Another has taken its place.",
        "rejected": "It is not paid to.",
        "withdrawn": "The grantee took it back.",
    },
    "payment": {
        "requested": "To be approved.",
        "approved": "To be released, as long as it stays what was approved.",
        "on_hold": "Nobody is asked for it meanwhile.",
        "released": "With the bank.",
        "settled": "The bank did it.",
        "failed": "The bank did not do it; to be approved again, or cancelled.",
        "cancelled": "Given up before it was released.",
        "reversed": "The bank sent the money back.",
    },
    "priority_area": {
        "proposed": "Somebody brought it up.",
        "deferred": "Put off for now.",
        "selected": "Taken up; it has no collaboration yet.",
        "rejected": "Not taken up.",
        "launched": "Taken up by a cohort or collaborations.",
    },
    "publication_consent": {
        "given": "The summary may be published.",
        "withdrawn": "It may not be published any more.",
    },
    "recovery": {
        "proposed": "Somebody would have it back; nobody has decided.",
        "agreed": "It is to come back.",
        "partially_recovered": "A part of it came back.",
        "recovered": "All of it came back.",
        "written_off": "What did not come back was given up.",
        "dismissed": "Nothing is to come back.",
    },
    "report": {
        "draft": "Being written by the grantee.",
        "ready_for_certification": "Waits for a lead who certifies it.",
        "submitted": "With the reviewers; nobody has begun.",
        "in_review": "Being reviewed.",
        "changes_requested": "Back with the grantee, with what to change.",
        "accepted": "Accepted, in full or in part.",
        "rejected": "Not accepted.",
        "excused": "Not asked for, since its milestone was waived.",
        "withdrawn": "Taken back by the grantee.",
    },
    "task": {
        "open": "Still to be done.",
        "met": "Done.",
        "waived": "Not asked of this member.",
    },
}
"""What each status of a lifecycle means, by noun."""

_HEAD: Final = """\
# Glossary

The words of the network, each with its one meaning, in the contract, in the code and in what is
said to people. Written by `make docs` from `app/command/glossary.py` and from what the operations
say of themselves; `make check` compares the two. Who may make a move, and from where to where, is
in [lifecycles.md](lifecycles.md).

## Nouns

| word | what it means |
|---|---|
"""


def page(lifecycles: list[Lifecycle], document: Mapping[str, Any]) -> str:
    """The text of the page: what is said here, and the verbs as `document` describes them."""
    said = {
        operation["operationId"]: _first_sentence(operation["description"])
        for item in document["paths"].values()
        for operation in item.values()
    }
    nouns = "".join(f"| {word} | {meaning} |\n" for word, meaning in sorted(NOUNS.items(), key=_by))
    return "\n".join([_HEAD + nouns, *(_section(one, said) for one in lifecycles)])


def _by(entry: tuple[str, str]) -> str:
    return entry[0].lower()


def _first_sentence(text: str) -> str:
    first = " ".join(text.partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".") + "."


def _section(lifecycle: Lifecycle, said: Mapping[str, str]) -> str:
    title = lifecycle.noun.replace("_", " ")
    statuses = "".join(
        f"| `{one.value}` | {STATUSES[lifecycle.noun][one.value]} |\n" for one in lifecycle.statuses
    )
    verbs = "".join(f"| `{name}` | {told} |\n" for name, told in _verbs(lifecycle, said))
    return (
        f"## {title.capitalize()}\n\n{NOUNS[title]}\n\n"
        f"| status | what it means |\n|---|---|\n{statuses}\n"
        f"| verb | what it does |\n|---|---|\n{verbs}"
    )


def _verbs(lifecycle: Lifecycle, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each move that clients make by an operation of its own, and what that says of itself."""
    for name in dict.fromkeys(move.name for move in lifecycle.moves if move.operation):
        told = said.get(lifecycle.operation_id(name))
        if told is not None:
            yield name, told

"""`docs/glossary.md`: each noun, status and verb with its one meaning.

Nouns and statuses are said here; verbs by the endpoints that make the moves, so that there is no
second sentence to keep.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.command.nouns import NOUNS
from app.kernel.transitions import Lifecycle

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
    "bank_line": {
        "unmatched": "It is not known which payment it is about.",
        "ambiguous": "It may be about several payments; somebody says which.",
        "matched": "The payment that it is about is settled, or has failed, as it says.",
        "set_aside": "It is about no payment here.",
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
    "exchange_rate": {
        "standing": "Grants are offered at it until another of a later day is recorded.",
        "withdrawn": "It was wrong; nothing more is reckoned with it.",
    },
    "expense_claim": {
        "draft": "Being drawn up by whoever has spent the money, or for them.",
        "submitted": "With those who review it.",
        "returned": "Back with whoever claims it, with what to change.",
        "approved": "To be paid, all of it or less; whether it was, its payment says.",
        "declined": "Nothing of it is paid.",
        "withdrawn": "Given up by whoever claimed it.",
    },
    "fund": {
        "opening": "It pays once finance has confirmed the books that were opened.",
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
        "revoked": "It was paid to, and is no more.",
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
    "payment_limit": {
        "proposed": "To be confirmed by another person; it counts for nothing yet.",
        "standing": "It counts from its first instant on.",
        "ended": "It counts no more.",
        "dismissed": "It was not confirmed, and will not be.",
    },
    "payment_run": {
        "draft": "Gathered, and to be approved.",
        "approved": "To be released.",
        "released": "With the bank, but for what could not be released.",
        "done": "The bank has told of each of its payments.",
        "cancelled": "Given up before it was released.",
    },
    "indicator": {
        "draft": "Being drawn up; nobody is asked for it.",
        "active": "Asked of the programme's members.",
        "retired": "Asked no more; what was reported is still told.",
    },
    "indicator_result": {
        "draft": "Being written.",
        "submitted": "Waits for somebody independent to decide.",
        "returned": "To be changed by the member.",
        "accepted": "Counts.",
        "withdrawn": "Taken back by the member.",
        "superseded": "Counted, until a later one corrected it.",
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
said to people. Written by `make docs` from `app/command/glossary.py` and from what the endpoints
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
    return " ".join(text.partition("\n\n")[0].split()).partition(". ")[0].rstrip(".") + "."


def _section(lifecycle: Lifecycle, said: Mapping[str, str]) -> str:
    title = lifecycle.noun.replace("_", " ")
    meant = STATUSES[lifecycle.noun]
    statuses = "".join(f"| `{one.value}` | {meant[one.value]} |\n" for one in lifecycle.statuses)
    verbs = "".join(f"| `{name}` | {told} |\n" for name, told in _verbs(lifecycle, said))
    return (
        f"## {title.capitalize()}\n\n{NOUNS[title]}\n\n"
        f"| status | what it means |\n|---|---|\n{statuses}\n"
        f"| verb | what it does |\n|---|---|\n{verbs}"
    )


def _verbs(lifecycle: Lifecycle, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each move that clients make by an endpoint of its own, and what that says of itself."""
    for name in dict.fromkeys(move.name for move in lifecycle.moves if move.operation):
        told = said.get(lifecycle.operation_id(name))
        if told is not None:
            yield name, told

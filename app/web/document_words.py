"""What a property or a parameter means wherever its own package does not say it otherwise.

One word means one thing in the whole document, so that a common one is explained here once. What is
more than its common meaning is said at home, by `Field(description=…)`, and stands in its place.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

UUID: Final = "a UUID"
INSTANT: Final = "RFC 3339, in UTC"
DAY: Final = "a date, `YYYY-MM-DD`"

WORDS: Final[Mapping[str, str]] = {
    "about": "What it was about, in a few words.",
    "account_id": f"The person's or the service's account, {UUID}.",
    "active_since": f"When the membership became active, {INSTANT}.",
    "actual_end_on": f"The day on which it really ended, {DAY}.",
    "actual_start_on": f"The day on which it really started, {DAY}.",
    "alg": "The algorithm that the key signs with (RFC 7517).",
    "anchor": "The day from which days are counted.",
    "answer": "The answer, in the words of whoever gave it.",
    "asked_at": f"When it was asked for, {INSTANT}.",
    "attached_at": f"When the file was attached to something, {INSTANT}.",
    "audience": "Whom it is for.",
    "baseline": "The number from which progress is counted.",
    "baseline_on": f"The day on which it was that, {DAY}.",
    "beneficiaries": "Who benefits.",
    "body": "The text, as plain text.",
    "challenge": "The problem that it works on.",
    "client_id": "The id that the service account signs in with.",
    "client_secret": "The secret that the service account signs in with. Keep it like a password.",
    "closed_on": f"The last day of the risk, {DAY}.",
    "cohort_id": f"The cohort, {UUID}.",
    "collaboration_id": f"The collaboration, {UUID}.",
    "comparator": "Whether the value is to be reached or not to be exceeded.",
    "counted": "How many there were.",
    "counted_on": f"The day on which it was counted, {DAY}.",
    "country": "The country, as ISO 3166-1 alpha-2.",
    "criterion_id": f"The acceptance criterion, {UUID}.",
    "crv": "The curve of the key (RFC 7517).",
    "current_password": "The password that is to be replaced.",
    "days": "The number of days.",
    "decision_reason": "Why it was decided so.",
    "denominator": "Of how many it was counted.",
    "description": "A description, in plain text.",
    "dimension": "The key of the dimension of the framework.",
    "disposition_note": "What becomes of the data, in words.",
    "done_on": f"The day on which the check was made, {DAY}.",
    "due_at": f"When it is due, {INSTANT}.",
    "due_on": f"The day by the end of which it is due, {DAY}, where it is to be done.",
    "email": "The email address.",
    "ends_after_days": "The length, in days.",
    "evidence": "Where it can be seen, in words or as an address.",
    "expectation_id": f"The criterion or principle of the programme, {UUID}.",
    "expires_at": f"When it stops working, {INSTANT}.",
    "explanation": "Why more or less was spent than planned.",
    "facet": "Which facet of the ties; `overall`: all together.",
    "file_id": f"The file, {UUID}.",
    "focus": "What the cohort concentrates on, in a few words.",
    "framework_version_id": f"The version of the framework, {UUID}.",
    "from_on": f"The first day, {DAY}.",
    "from_status": "The status before.",
    "given_by_id": f"The person who gave it, {UUID}.",
    "given_on": f"The day on which it was given, {DAY}.",
    "grant_id": f"The grant, {UUID}.",
    "grant_type": "How the service account signs in (RFC 6749).",
    "guidance": "How to go about it, in plain text.",
    "happened_on": f"The day on which it happened, {DAY}.",
    "has_same_website": "Whether both have the same website.",
    "href": "The path to call.",
    "id": f"Its id, {UUID}.",
    "indicator_id": f"The indicator, {UUID}.",
    "into_id": f"The account that stays, {UUID}.",
    "is_address_proved": "Whether the person has shown that the email address is theirs.",
    "is_answered": "Whether there is an answer.",
    "is_current": "Whether it holds today.",
    "is_disabled": "Whether the account can no longer sign in.",
    "is_dry_run": "Whether nothing was changed, and this is what would be.",
    "is_evidence_required": "Whether evidence must be attached.",
    "is_judged": "Whether those who run the cohort decide that it is met.",
    "is_met": "Whether the criterion is met, by whoever reports.",
    "is_narrative_unlocked": "Whether the narrative may be edited.",
    "is_on_leave": "Whether the member is on leave of absence: its membership is `paused`.",
    "is_on_track": "Whether it is where it should be by now.",
    "is_parallel": "Whether it may be reported before the milestones that precede it are decided.",
    "is_publishable": "Whether the public summary may be published.",
    "is_required": "Whether it must be met or waived.",
    "is_returning": "Whether the collaboration was in a cohort before.",
    "is_summary_unlocked": "Whether the public summary may be edited.",
    "is_suppressed": "Whether it is withheld: then nothing of it is told.",
    "key": "A short word that stays the same, unique among its kind.",
    "kind": "What kind it is.",
    "kty": "The type of the key (RFC 7517).",
    "label": "What the line is for.",
    "level": "How serious it is.",
    "licence": "The licence: an SPDX identifier, or its name.",
    "lift": "What would lift it.",
    "line_id": f"The budget line, {UUID}.",
    "link": "The link to send. It is shown once.",
    "list_code": "The register, by its org-id.guide code.",
    "may_be_published": "Whether it may be shown outside the network.",
    "media_type": "The media type, as IANA lists it.",
    "membership_id": f"The membership, {UUID}.",
    "method": "The HTTP method to call with.",
    "milestone_id": f"The milestone, {UUID}.",
    "minutes": "How long it took, in minutes.",
    "mitigation": "What is done about it.",
    "move": "The move, as `available_actions` names it.",
    "name": "Its name, as it is shown.",
    "narrative": "What was done and learnt, in plain text.",
    "needs_certification": "Whether a second person certifies the report before it is submitted.",
    "new_due_on": f"The new due date, {DAY}.",
    "note": "A note, in plain text.",
    "noun": "The type of the thing, in one word.",
    "number": "The number, as a person would quote it.",
    "numerator": "How many were counted.",
    "occurred_at": f"When it happened, {INSTANT}.",
    "offset_days": "Days from the anchor; negative before it.",
    "old_due_on": f"The due date that it had, {DAY}.",
    "opens_on": f"The first day on which it can be reported, {DAY}.",
    "operation_id": f"The long operation, {UUID}.",
    "organisation_id": f"The organisation, {UUID}.",
    "origin": "How it came about.",
    "outcome": "How it came out.",
    "owner_id": f"The person who answers for it, {UUID}.",
    "password": "The password, 15 characters or more.",
    "per_cent": "Per cent of the budget line.",
    "period_end_on": f"The last day of the period, {DAY}.",
    "period_ends_on": f"The last day that the report is about, {DAY}.",
    "period_start_on": f"The first day of the period, {DAY}.",
    "period_starts_on": f"The first day that the report is about, {DAY}.",
    "perspective": "From which side it is seen.",
    "planned_end_on": f"The day on which it is planned to end, {DAY}.",
    "planned_start_on": f"The day on which it is planned to start, {DAY}.",
    "position": "Its place in the order, lowest first.",
    "possible": "Whether you may do it now.",
    "previous_number": "The number of the version that it is compared with.",
    "priority_area_id": f"The priority area, {UUID}.",
    "programme_id": f"The programme, {UUID}.",
    "prompt": "What is asked, in a sentence or two.",
    "public_summary": "What may be published of the report once a lead has consented.",
    "question": "The risk, put as a question.",
    "raised_on": f"The first day of the risk, {DAY}.",
    "reason": "Why, in the words of whoever did it.",
    "reference": "The short reference that people quote; it stays the same.",
    "refresh_token": "The refresh token. Keep it like a password.",
    "report_id": f"The report, {UUID}.",
    "request": "What is to be changed.",
    "requirement_id": f"The requirement, {UUID}.",
    "result_set_id": f"The results of the round, {UUID}.",
    "review_on": f"The day on which it is looked at again, {DAY}.",
    "role": "The role.",
    "scope_id": f"What the role is held on, {UUID}.",
    "service_account_id": f"The service account, {UUID}.",
    "shared_on": f"The day on which it was shared, {DAY}.",
    "sign_in_id": f"The sign-in, {UUID}.",
    "signed_on": f"The day on which it was signed, {DAY}.",
    "since": f"Since when, {INSTANT}.",
    "since_on": f"The first day, {DAY}.",
    "ended_on": f"The last day, {DAY}.",
    "sort": "The order; `-` in front turns it round.",
    "source": "Where the number comes from.",
    "stage": "When it is to be met.",
    "standing": "How it stands to its dates.",
    "ends_on": f"The last day, {DAY}.",
    "starts_on": f"The first day, {DAY}.",
    "statement": "What must hold, in a sentence.",
    "status": "Where it is in its life.",
    "strand_id": f"The strand of the programme, {UUID}.",
    "subject": "The subject line.",
    "subject_id": f"The thing that it is about, {UUID}.",
    "summary": "A summary, in plain text.",
    "template_id": f"The grant template, {UUID}.",
    "text": "The text, as plain text.",
    "timezone": "The time zone, by its IANA name.",
    "title": "Its title, as it is shown.",
    "to_status": "The status after.",
    "token": "The token from the link.",
    "token_type": "How the token is sent (RFC 6750).",
    "topic": "The subject area, in a few words.",
    "until_on": f"The last day, {DAY}.",
    "upload_id": f"The upload, {UUID}.",
    "Upload-Offset": "How many bytes the service has already, where these go on.",
    "url": "The web address.",
    "use": "What the key is for (RFC 7517).",
    "valid_from": f"From when it holds, {INSTANT}.",
    "valid_until": f"Until when it holds, {INSTANT}.",
    "value": "The number to reach, or not to exceed.",
    "verb": "What was done.",
    "verdict": "Whether it is met.",
    "version": "Goes up with each change; what `If-Match` compares.",
    "waiver_reason": "Why it need not be met.",
    "website": "The website.",
    "x": "The x coordinate of the key (RFC 7517).",
    "y": "The y coordinate of the key (RFC 7517).",
}
"""What each of these words means."""

FILTERS: Final[Mapping[str, str]] = {
    "email": "Only the one with this email address.",
    "is_answered": "Only those that are answered, or only the others.",
    "is_current": "Only those that hold today, or only the others.",
    "is_disabled": "Only accounts that are disabled, or only the others.",
    "is_returning": "Only collaborations that were in a cohort before, or only the others.",
    "reference": "Only the one with this reference.",
    "sort": "The order of the list; `-` in front turns it round.",
}
"""What a word means as a filter of a list."""


def describe(document: Json) -> None:
    """Say of each property and parameter of the document what it means, where nothing says it."""
    for schema in document["components"]["schemas"].values():
        for name, member in schema.get("properties", {}).items():
            if not says(document, member) and (word := of_property(name)):
                member["description"] = word
    for item in document["paths"].values():
        for operation in item.values():
            for one in operation.get("parameters", ()):
                if "$ref" not in one and not one.get("description"):
                    _explain(document, one)


def says(document: Json, schema: Json) -> bool:
    """Whether a schema is described: itself, where it refers to, or in each of its choices."""
    if schema.get("description"):
        return True
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return says(document, document["components"]["schemas"][name])
    choices = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    return any(says(document, one) for one in choices if one != {"type": "null"})


def of_property(name: str) -> str | None:
    """What a property of this name means; None where nobody has said it."""
    if name in WORDS:
        return WORDS[name]
    if moment := re.fullmatch(r"(\w+)_at", name):
        return f"When it was {moment[1].replace('_', ' ')}, {INSTANT}."
    return None


def _explain(document: Json, parameter: Json) -> None:
    name, schema = parameter["name"], parameter["schema"]
    if parameter["in"] != "query":
        word = of_property(name)
    elif moment := re.fullmatch(r"(\w+)_(from|until)", name):
        parameter["description"] = _in_time(moment[1], moment[2], schema)
        return
    else:
        word = FILTERS.get(name) or _filter(name)
        if schema.get("type") == "array":
            word = f"{word[:-1]}; repeat it for any of several."
    if word and not says(document, schema):
        parameter["description"] = word


def _filter(name: str) -> str:
    noun = name.removesuffix("_id").removesuffix("_reference").replace("_", " ")
    if name.endswith("_reference"):
        return f"Only those of the {noun} with this reference."
    return f"Only those of this {noun}." if name.endswith("_id") else f"Only this {noun}."


def _in_time(moment: str, end: str, schema: Json) -> str:
    """`submitted_from`: submitted at this instant or later."""
    when = "on this day" if schema.get("format") == "date" else "at this instant"
    than = "later" if end == "from" else "earlier"
    return f"{moment.replace('_', ' ').capitalize()} {when} or {than}."

"""What lists are not asked for though others are, each with its reason."""

from collections.abc import Iterator, Mapping
from typing import Final

_NOT_BY: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Of an anonymous round it could tell who wrote what: whose words or answers are left when all "
    "organisations but one are filtered away.": {
        "list_round_comments": ("organisation_id",),
        "list_sheets": ("organisation_id",),
        "list_respondents": ("collaboration_id", "organisation_id"),
    },
    "They are found by a whole address, or by whose they are.": {
        "list_api_tokens": ("q", "sort=name"),
        "list_invitations": ("q", "sort=name"),
        "list_learning_session_guests": ("q", "sort=name"),
        "list_respondents": ("q", "sort=name"),
        "list_round_respondents": ("q", "sort=name"),
        "list_service_account_api_tokens": ("q", "sort=name"),
        "list_session_guests": ("q", "sort=name"),
    },
    "Its title is a post, held by the person and at the organisation that it is asked for by.": {
        "list_affiliations": ("q", "sort=title"),
        "list_organisation_affiliations": ("q", "sort=title"),
    },
    "They are found by a whole reference; what it is made of is that of the grant.": {
        "list_fund_payments": ("q",),
        "list_grant_payments": ("q",),
        "list_payments": ("q",),
    },
    "Amounts of several currencies, or of several funds, have no order.": {
        "list_bank_lines": ("sort=amount",),
        "list_fund_payments": ("sort=amount",),
        "list_grant_milestones": ("sort=amount",),
        "list_grant_payments": ("sort=amount",),
        "list_grant_recoveries": ("sort=amount",),
        "list_journal_entries": ("sort=amount",),
        "list_milestones": ("sort=amount",),
        "list_payment_limits": ("sort=amount",),
        "list_payments": ("sort=amount",),
        "list_recoveries": ("sort=amount",),
    },
    "It is null until the payment is settled, and an order by it would leave out the others.": {
        "list_fund_payments": ("sort=value_on",),
        "list_grant_payments": ("sort=value_on",),
        "list_payments": ("sort=value_on",),
    },
    "A handful, in the order that whoever runs the programme or the cohort gave them.": {
        "list_all_expectations": ("q", "sort=title"),
        "list_all_priority_areas": ("sort=name",),
        "list_all_requirements": ("q", "sort=title"),
        "list_all_strands": ("sort=name",),
        "list_all_targets": ("sort=name",),
        "list_collaboration_answers": ("q", "sort=title", "sort=updated_at"),
        "list_indicators": ("sort=name",),
        "list_programme_indicators": ("q", "sort=name"),
        "list_expectations": ("q", "sort=title"),
        "list_membership_tasks": ("q", "sort=title"),
        "list_priority_areas": ("sort=name",),
        "list_requirements": ("q", "sort=title"),
        "list_roles": ("q", "sort=name"),
        "list_strands": ("sort=name",),
        "list_targets": ("sort=name",),
        "list_tasks": ("q", "sort=title"),
    },
    "`due_at` is that order.": {
        "list_grant_milestones": ("sort=due_on",),
        "list_milestones": ("sort=due_on",),
    },
    "It has one order, which is what it is for: what is due first, what was reminded of last, what "
    "is called so.": {
        "list_collaboration_register": ("sort=name", "sort=reference"),
        "list_my_reminders": ("sort=due_on",),
        "list_obligations": ("sort=due_on",),
    },
    "It is asked for by its indicator or its fund, which is of one programme, or by its member.": {
        "list_expense_claims": ("programme_id",),
        "list_indicator_results": ("organisation_id", "programme_id"),
    },
    "It is found by `q`, and quoted by its reference.": {
        "list_expense_claims": ("sort=title",),
    },
    "One's own, a handful.": {
        "list_calendar_feeds": ("cohort_id", "programme_id"),
        "list_metric_charts": ("cohort_id", "programme_id"),
    },
    "It is a cohort's; the one member that it may be for alone is no place that it lies in.": {
        "list_announcements": ("collaboration_id", "organisation_id"),
    },
    "The books are a fund's and know no cohort; a grant's entries are asked for by the grant.": {
        "list_journal_entries": ("cohort_id", "collaboration_id", "organisation_id"),
    },
}


def _each() -> Iterator[tuple[str, str]]:
    for reason, of in _NOT_BY.items():
        for name, faults in of.items():
            for fault in faults:
                yield f"{name}: {fault}", reason
                if fault.startswith("sort="):
                    yield f"{name}: sort=-{fault.removeprefix('sort=')}", reason


EXEMPT: Final[Mapping[str, str]] = dict(_each())
"""Why a list is not asked for something, as `list_payments: q`."""

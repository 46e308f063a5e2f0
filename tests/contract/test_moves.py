"""What a move is refused for is known beforehand: `/actions` says it, as a guard that fails.

What a route names besides depends on what is sent with it, or on somebody else who was quicker, and
is listed here with its reason.
"""

from typing import Final

from app.kernel.endorsements import SecondPersonRequired
from app.kernel.errors import (
    AddressNotProved,
    Conflict,
    NotAllowed,
    PreconditionFailed,
    Refusal,
    Unprocessable,
)
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition
from app.web.idempotency import IdempotencyInProgress, IdempotencyMismatch
from app.web.terms import Operation
from tests.contract.test_document import TERMS

TOLD_BY_ACTIONS: Final = {
    NotAllowed,
    AddressNotProved,
    SecondPersonRequired,
    GuardsUnmet,
    IllegalTransition,
}
OF_ANY_WRITE: Final = {
    Unprocessable,
    PreconditionFailed,
    IdempotencyInProgress,
    IdempotencyMismatch,
}

KNOWN_ONLY_WHEN_SENT: Final = {
    "accept_partially_milestone part_not_less": "how much is accepted stands in the request",
    "answer_as_guest guest_link_used": "a guest has a link alone, and no list of actions",
    "approve_expense_claim currency_differs": "how much is approved stands in the request",
    "approve_expense_claim item_unknown": "what is lowered stands in the request",
    "approve_expense_claim not_enough_money": "a grant that is offered at the same instant; "
    "what was promised before is the guard `fund_short`",
    "approve_expense_claim not_lowered": "how much is approved stands in the request",
    "approve_expense_claim nothing_approved": "how much is approved stands in the request",
    "choose_session_poll agenda_too_long": "the session stands in the request",
    "choose_session_poll facilitator_elsewhere": "which time, and who leads, stand in the request",
    "choose_session_poll poll_unsound": "which time is chosen stands in the request",
    "choose_session_poll recurrence_unsound": "the rule stands in the request",
    "choose_session_poll session_not_movable": "which session is moved stands in the request",
    "continue_grant continuation_is_over": "until when stands in the request",
    "continue_grant reviewer_may_not": "who reviews stands in the request",
    "delegate_rsvp delegate_comes": "who comes instead stands in the request",
    "delegate_rsvp delegate_unknown": "who comes instead stands in the request",
    "edit_payment invoice_number_taken": "the invoice stands in the request",
    "edit_payment payment_fixed": "an edit is no move; that one follows it is told in advance",
    "edit_payment tax_above_amount": "the tax stands in the request",
    "excuse_milestone milestone_already_reported": "one who begins a report at the same instant; "
    "one that was begun before is the guard `report_begun`",
    "import_bank_statement bank_file_unreadable": "which file it is stands in the request",
    "import_bank_statement bank_lines_told": "another file at the same instant",
    "match_bank_line bank_reference_used": "the line says the reference; which payment it is about "
    "stands in the request",
    "match_bank_line charges_above_amount": "likewise",
    "match_bank_line exchange_missing": "likewise",
    "match_bank_line payment_not_of_line": "which payment it is about stands in the request",
    "match_bank_line value_day_out_of_order": "it depends on that payment, too",
    "meet_trust_target learning_of_others": "which learning stands in the request",
    "offer_grant not_enough_money": "somebody else who took it at the same instant; what was taken "
    "before is the guard `fund_short`",
    "receive_recovery accounting_period_closed": "on which day it came stands in the request",
    "receive_recovery bank_reference_taken": "what the bank calls it stands in the request",
    "receive_recovery currency_differs": "how much came stands in the request",
    "receive_recovery effective_day_out_of_order": "on which day it came stands in the request",
    "receive_recovery more_than_outstanding": "how much came stands in the request",
    "reopen_grant not_enough_money": "likewise",
    "reverse_payment not_enough_money": "as of `offer_grant`",
    "reverse_recovery accounting_period_closed": "on which day it is undone stands in the request",
    "reverse_recovery effective_day_out_of_order": "on which day it is undone stands there too",
    "reverse_recovery not_enough_money": "what the fund had on that day; the day stands in the "
    "request",
    "reverse_recovery receipt_unknown": "which receipt it is stands in the request",
    "reply_to_session leads_session": "the first reply is no move of a thing that there is",
    "request_changes_report part_unknown": "the parts stand in the request",
    "set_aside_bank_lines bank_line_unknown": "which lines they are stands in the request",
    "sign_amendment not_enough_money": "as of `offer_grant`",
    "settle_grants batch_refused": "which grants stands in the request",
    "settle_payment bank_reference_used": "the reference stands in the request",
    "settle_payment charges_above_amount": "what the bank took stands in the request",
    "settle_payment currency_differs": "what the bank took stands in the request",
    "settle_payment exchange_missing": "whether it says what the bank took",
    "settle_payment exchange_not_needed": "likewise",
    "settle_payment not_enough_money": "as of `offer_grant`; what the bank took stands there too",
    "settle_payment nothing_taken": "the rate stands in the request",
    "settle_payment value_day_out_of_order": "the day stands in the request",
    "verify_payee_account call_still_to_come": "when the call was stands in the request",
    "withdraw_expense_payee_account account_of_another": "whoever is not the claimant is not told "
    "of the move, which no account offers",
}


def of_its_own(terms: Operation) -> set[str]:
    """The codes that the route of a move names, and `/actions` does not."""
    if all(move.partition(": ")[2].startswith("→") for move in terms.moves):
        return set()
    return {f"{terms.name} {refusal.code}" for refusal in terms.refuses if is_of_its_own(refusal)}


def is_of_its_own(refusal: type[Refusal]) -> bool:
    about_the_thing = issubclass(refusal, Conflict | NotAllowed | Unprocessable)
    return about_the_thing and refusal not in TOLD_BY_ACTIONS | OF_ANY_WRITE


def test_what_stands_in_the_way_of_a_move_is_a_guard() -> None:
    found = {one for terms in TERMS.values() for one in of_its_own(terms)}
    assert found == KNOWN_ONLY_WHEN_SENT.keys()

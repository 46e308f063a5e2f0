"""Where the money of a fund is, and the one table of how it gets from there to somewhere else.

Every penny that was received is in exactly one bucket, so that what was received equals the sum of
all other buckets. See docs/decisions/0060-a-ledger-holds-what-a-fund-holds.md.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.kernel.vocabularies import Vocabulary


class Bucket(Vocabulary):
    """Where money is: `external` says how much of it has come from the funder."""

    EXTERNAL = "external"
    UNALLOCATED = "unallocated"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAYABLE = "payable"
    IN_TRANSIT = "in_transit"
    DISBURSED = "disbursed"
    RECOVERABLE = "recoverable"
    WRITTEN_OFF = "written_off"


OF_A_GRANT: Final = (
    Bucket.RESERVED,
    Bucket.COMMITTED,
    Bucket.PAYABLE,
    Bucket.IN_TRANSIT,
    Bucket.DISBURSED,
    Bucket.RECOVERABLE,
    Bucket.WRITTEN_OFF,
)
"""These are kept for each grant, and once for the expenses that the fund pays to people; the others
for the fund as a whole."""


PAID_OUT: Final = (Bucket.DISBURSED, Bucket.RECOVERABLE, Bucket.WRITTEN_OFF)
"""What has left the fund for a grantee and has not come back."""


class PostingSide(StrEnum):
    """The two sides of an entry, of which each has the same sum."""

    DEBIT = "debit"
    CREDIT = "credit"


NORMAL_SIDE: Final = MappingProxyType(
    {
        bucket: PostingSide.DEBIT if bucket is Bucket.EXTERNAL else PostingSide.CREDIT
        for bucket in Bucket
    }
)
"""The side that adds to a bucket; the other takes from it."""


class EntryKind(Vocabulary):
    """What happened to the money."""

    RECEIPT = "receipt"
    REFUND = "refund"
    RESERVATION = "reservation"
    RELEASE = "release"
    COMMITMENT = "commitment"
    DECOMMITMENT = "decommitment"
    RECOMMITMENT = "recommitment"
    ACCEPTANCE = "acceptance"
    ACCEPTANCE_UNDONE = "acceptance_undone"
    INCREASE = "increase"
    DECREASE = "decrease"
    PAYMENT = "payment"
    SETTLEMENT = "settlement"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_RETURNED = "payment_returned"
    RECOVERY = "recovery"
    RECOVERY_RECEIPT = "recovery_receipt"
    WRITE_OFF = "write_off"
    EXCHANGE_LOSS = "exchange_loss"
    EXCHANGE_GAIN = "exchange_gain"
    EXPENSE = "expense"
    EXPENSE_UNDONE = "expense_undone"
    REVERSAL = "reversal"


MOVES_MONEY: Final = MappingProxyType(
    {
        EntryKind.RECEIPT: (Bucket.EXTERNAL, Bucket.UNALLOCATED),
        EntryKind.REFUND: (Bucket.UNALLOCATED, Bucket.EXTERNAL),
        EntryKind.RESERVATION: (Bucket.UNALLOCATED, Bucket.RESERVED),
        EntryKind.RELEASE: (Bucket.RESERVED, Bucket.UNALLOCATED),
        EntryKind.COMMITMENT: (Bucket.RESERVED, Bucket.COMMITTED),
        EntryKind.DECOMMITMENT: (Bucket.COMMITTED, Bucket.UNALLOCATED),
        EntryKind.RECOMMITMENT: (Bucket.UNALLOCATED, Bucket.COMMITTED),
        EntryKind.ACCEPTANCE: (Bucket.COMMITTED, Bucket.PAYABLE),
        EntryKind.ACCEPTANCE_UNDONE: (Bucket.PAYABLE, Bucket.COMMITTED),
        EntryKind.INCREASE: (Bucket.UNALLOCATED, Bucket.COMMITTED),
        EntryKind.DECREASE: (Bucket.COMMITTED, Bucket.UNALLOCATED),
        EntryKind.PAYMENT: (Bucket.PAYABLE, Bucket.IN_TRANSIT),
        EntryKind.SETTLEMENT: (Bucket.IN_TRANSIT, Bucket.DISBURSED),
        EntryKind.PAYMENT_FAILED: (Bucket.IN_TRANSIT, Bucket.PAYABLE),
        EntryKind.PAYMENT_RETURNED: (Bucket.DISBURSED, Bucket.PAYABLE),
        EntryKind.RECOVERY: (Bucket.DISBURSED, Bucket.RECOVERABLE),
        EntryKind.RECOVERY_RECEIPT: (Bucket.RECOVERABLE, Bucket.UNALLOCATED),
        EntryKind.WRITE_OFF: (Bucket.RECOVERABLE, Bucket.WRITTEN_OFF),
        EntryKind.EXCHANGE_LOSS: (Bucket.UNALLOCATED, Bucket.DISBURSED),
        EntryKind.EXCHANGE_GAIN: (Bucket.DISBURSED, Bucket.UNALLOCATED),
        EntryKind.EXPENSE: (Bucket.UNALLOCATED, Bucket.PAYABLE),
        EntryKind.EXPENSE_UNDONE: (Bucket.PAYABLE, Bucket.UNALLOCATED),
    }
)
"""Of each kind the bucket that is debited and the one that is credited. A reversal has those of
what it reverses, the other way round."""

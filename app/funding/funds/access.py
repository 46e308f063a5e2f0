"""Funds and journal entries, for those who may see them."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.funding.funds.models import Fund, JournalEntry
from app.kernel.errors import NotFound
from app.people.identity.access import Loader


class FundNotFound(NotFound):
    """There is no such fund, or none that you may see."""


class JournalEntryNotFound(NotFound):
    """There is no such journal entry, or none that you may see."""


fund: Final = Loader(Fund, "fund.read", FundNotFound, (joinedload(Fund.funder),))
journal_entry: Final = Loader(
    JournalEntry, "fund.read", JournalEntryNotFound, (joinedload(JournalEntry.fund),)
)

"""Account numbers as they lie in the database: encrypted by a key that follows from the service's
secret key, each bound to the id of its row, so that none can be put in another's place."""

import hashlib
import json
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.payee_accounts.numbers import AccountForm, AccountNumber
from app.kernel.errors import Unavailable

_PURPOSE: Final = b"payee account"
_ALIKE: Final = b"the same payee account"


class PayeeAccountSealed(Unavailable):
    """The account was sealed with another secret key than the one that the service was started
    with. Its operator sets the former `PLN_SECRET_KEY` again."""


def seal(db: AsyncSession, account_id: UUID, account: AccountNumber) -> bytes:
    """The account as it is stored under this id."""
    plain = json.dumps([account.form, account.bank_code, account.number]).encode()
    vault: AESSIV = db.info["seal"]
    return vault.encrypt(plain, [_PURPOSE, account_id.bytes])


def fingerprint(db: AsyncSession, account: AccountNumber) -> bytes:
    """What is the same for every row with this number, and leads back to no number."""
    plain = json.dumps([account.form, account.bank_code, account.number]).encode()
    vault: AESSIV = db.info["seal"]
    return hashlib.sha256(vault.encrypt(plain, [_ALIKE])).digest()


def unseal(db: AsyncSession, account_id: UUID, sealed: bytes) -> AccountNumber:
    """The reverse of `seal`. Raises PayeeAccountSealed (503) for what another key sealed."""
    vault: AESSIV = db.info["seal"]
    try:
        plain = vault.decrypt(sealed, [_PURPOSE, account_id.bytes])
    except InvalidTag as fault:
        raise PayeeAccountSealed from fault
    form, bank_code, number = json.loads(plain)
    return AccountNumber(AccountForm(form), bank_code, number)

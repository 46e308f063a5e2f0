"""Up to how much somebody may act, in SQL: one rule for guards and for what waits."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.funding.payments.limits.lifecycle import LimitedAct, PaymentLimitStatus
from app.funding.payments.limits.models import PaymentLimit
from app.kernel.permissions import PERMISSIONS
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeClosure

ASKS: Final = {
    LimitedAct.APPROVE: ("payment.approve",),
    LimitedAct.RELEASE: ("payment.release",),
    LimitedAct.WRITE_OFF: ("recovery.write_off", "recovery.endorse_write_off"),
}
"""The permissions by which each act is done."""


@dataclass(frozen=True)
class Matter:
    """What somebody would do, in SQL or as values: which act, of how much, where, and when."""

    act: LimitedAct
    programme_id: Any
    currency: Any
    scope_id: Any
    at: Any

    def is_limited(self) -> ColumnElement[bool]:
        """Whether limits stand there. One that has run out goes on to bind: nobody is let off by a
        day that has passed."""
        standing = exists().where(*self._here(PaymentLimit), PaymentLimit.valid_from <= self.at)
        return standing.correlate_except(PaymentLimit)

    def limit_of(self, who: Any) -> ColumnElement[int]:
        """The highest limit of somebody, the account `who` or any of several; null where they have
        none."""
        own = aliased(PaymentLimit)
        amount = func.least(PaymentLimit.amount_minor, own.amount_minor)
        found = (
            select(func.max(amount))
            .select_from(PaymentLimit)
            .outerjoin(own, own.id == PaymentLimit.delegated_from_id)
            .where(
                *self._here(PaymentLimit),
                self._is_valid(PaymentLimit),
                or_(
                    PaymentLimit.account_id == who,
                    self._holds(who, PaymentLimit.role),
                ),
                or_(
                    PaymentLimit.delegated_from_id.is_(None),
                    and_(
                        own.status == PaymentLimitStatus.STANDING,
                        self._is_valid(own),
                        self._still_acts(PaymentLimit.proposed_by_id, own.role),
                    ),
                ),
            )
        )
        return found.correlate_except(PaymentLimit, own).scalar_subquery()

    def reaches(self, who: Any, amount_minor: Any) -> ColumnElement[bool]:
        """Whether somebody may do it, as far as limits go."""
        return or_(
            not_(self.is_limited()),
            func.coalesce(self.limit_of(who), -1) >= amount_minor,
        )

    def who_could(self, amount_minor: Any) -> Select[Account]:
        """The people whose limit reaches, among those who hold the permission there, by name."""
        acts = self._holding(Account.id, _roles_of(self.act))
        return (
            select(Account)
            .where(
                Account.kind == AccountKind.PERSON,
                Account.disabled_at.is_(None),
                acts,
                self.reaches(Account.id, amount_minor),
            )
            .order_by(Account.name_folded, Account.id)
        )

    def _here(self, limit: Any) -> tuple[ColumnElement[bool], ...]:
        return (
            limit.programme_id == self.programme_id,
            limit.act == self.act,
            limit.currency == self.currency,
            limit.status == PaymentLimitStatus.STANDING,
        )

    def _is_valid(self, limit: Any) -> ColumnElement[bool]:
        unended = or_(limit.valid_until.is_(None), limit.valid_until > self.at)
        return and_(limit.valid_from <= self.at, unended)

    def _holds(self, who: Any, role: Any) -> ColumnElement[bool]:
        """Whether they hold the one role of a limit there."""
        return self._holding(who, None, RoleAssignment.role == role)

    def _still_acts(self, giver_id: Any, role: Any) -> ColumnElement[bool]:
        """Whether whom a deputy stands in for could do it still, by the role of their limit where
        it is one's, and by an account that was not disabled."""
        by_it = or_(role.is_(None), RoleAssignment.role == role)
        giver = aliased(Account)
        signs_in = exists().where(giver.id == giver_id, giver.disabled_at.is_(None))
        acts = self._holding(giver_id, _roles_of(self.act), by_it)
        return and_(acts, signs_in.correlate_except(giver))

    def _holding(
        self, who: Any, roles: frozenset[Role] | None, *which: ColumnElement[bool]
    ) -> ColumnElement[bool]:
        above = select(ScopeClosure.ancestor_id).where(ScopeClosure.descendant_id == self.scope_id)
        above = above.correlate_except(ScopeClosure)
        there = or_(RoleAssignment.scope_id == NETWORK_ID, RoleAssignment.scope_id.in_(above))
        held = exists().where(
            RoleAssignment.account_id == who, held_at(RoleAssignment, self.at), there, *which
        )
        if roles is not None:
            held = held.where(RoleAssignment.role.in_(sorted(roles)))
        return held.correlate_except(RoleAssignment)


def _roles_of(act: LimitedAct) -> frozenset[Role]:
    """The roles that hold what the act asks for."""
    return frozenset(Role(role) for name in ASKS[act] for role in PERMISSIONS[name].held_by)


def acts_there(act: LimitedAct, programme_id: Any, account_id: Any, at: Any) -> ColumnElement[bool]:
    """Whether a person holds what the act asks for somewhere in the programme, or above it."""
    above = select(ScopeClosure.ancestor_id).where(ScopeClosure.descendant_id == programme_id)
    below = select(ScopeClosure.descendant_id).where(ScopeClosure.ancestor_id == programme_id)
    return exists().where(
        RoleAssignment.account_id == account_id,
        RoleAssignment.role.in_(sorted(_roles_of(act))),
        held_at(RoleAssignment, at),
        or_(
            RoleAssignment.scope_id == NETWORK_ID,
            RoleAssignment.scope_id.in_(above),
            RoleAssignment.scope_id.in_(below),
        ),
    )


def is_role_of(act: LimitedAct, role: Role) -> bool:
    """Whether a role holds what the act asks for."""
    return role in _roles_of(act)

"""The graph of scopes: nodes, edges, and the transitive closure that answers who reaches what.

A node's id is the id of its noun. A role on a node reaches the node and all below it. The closure
is kept by the four functions here and by nothing else. Each reads paths that another might be
changing, and so holds nodes until the transaction ends: whoever changes what lies above a node
holds that node alone, whoever builds on it shares it. Who adds a leaf waits for nobody who does the
same (decision 30).
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Select,
    and_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from app.kernel import referring
from app.kernel.db import Base, text_enum
from app.kernel.vocabularies import Vocabulary

NETWORK_ID: Final = referring.NETWORK_ID
"""The root: the one node without a parent, made by the migration."""


class ScopeKind(Vocabulary):
    """What a role can be held on."""

    NETWORK = "network"
    PROGRAMME = "programme"
    COHORT = "cohort"
    COLLABORATION = "collaboration"
    MEMBERSHIP = "membership"
    COMMONS = "commons"
    DOSSIER = "dossier"
    SESSION = "session"
    FUND = "fund"
    GRANT = "grant"
    EXPENSE_CLAIM = "expense_claim"


class Scope(Base):
    """A node. `granted_at_id` is the node whose reach decides who sees the roles on this one, and,
    but where `grounds` says otherwise, who may grant them."""

    __tablename__ = "scopes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ScopeKind] = mapped_column(text_enum(ScopeKind, "kind"))
    granted_at_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT", deferrable=True, initially="DEFERRED"),
        index=True,
    )


def name_nodes() -> None:
    """Let each node say what it stands for is called, as `reference` and `name`; what that is, all
    packages together know."""
    told: Any = Scope
    told.reference = column_property(referring.scope_reference_of(Scope.id))
    told.name = column_property(referring.scope_name_of(Scope.id))


class ScopeEdge(Base):
    """The child lies below the parent."""

    __tablename__ = "scope_edges"
    __table_args__ = (CheckConstraint("parent_id <> child_id", "not_to_itself"),)

    parent_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True
    )
    child_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class ScopeClosure(Base):
    """There is a path down from the ancestor to the descendant; every node reaches itself."""

    __tablename__ = "scope_closure"

    ancestor_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True
    )
    descendant_id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


def at_or_below(scope_id: Any) -> Select[UUID]:
    """The ids of this node, given as what its id is compared with, and of all below it."""
    return select(ScopeClosure.descendant_id).where(ScopeClosure.ancestor_id == scope_id)


async def add_scope(
    db: AsyncSession,
    scope_id: UUID,
    kind: ScopeKind,
    parents: Sequence[UUID],
    *,
    granted_at: UUID | None = None,
) -> None:
    """Add the node of a new noun below its parents.

    `granted_at` names the node whose reach decides who may grant roles on the new one (by default
    the new node itself); it may be a node that is added later in the same transaction. Raises
    ValueError without a parent: only the network has none.
    """
    if not parents:
        raise ValueError("a scope needs a parent")
    await _lock(db, parents, alone=False)
    await db.execute(
        insert(Scope).values(id=scope_id, kind=kind, granted_at_id=granted_at or scope_id)
    )
    await db.execute(insert(ScopeClosure).values(ancestor_id=scope_id, descendant_id=scope_id))
    await _connect(db, parents, scope_id)


async def link(db: AsyncSession, parent: UUID, child: UUID) -> None:
    """Put a node below one more parent; nothing happens when it is there already.

    Raises ValueError where the edge would close a circle.
    """
    await link_all(db, [parent], child)


async def link_all(db: AsyncSession, parents: Sequence[UUID], child: UUID) -> None:
    """The same for several parents at once."""
    below = await _hold(db, child, below=parents)
    if set(parents) & set(below):
        raise ValueError("a scope cannot lie below itself")
    await _connect(db, parents, child)


async def unlink(db: AsyncSession, parent: UUID, child: UUID) -> None:
    """Take a node from below a parent; what reached it by that edge alone no longer does.

    Nothing happens when there is no such edge. A node may be left without any parent.
    """
    await unlink_all(db, [parent], child)


async def unlink_all(db: AsyncSession, parents: Sequence[UUID], child: UUID) -> None:
    """The same for several parents at once."""
    below = await _hold(db, child)
    await db.execute(
        delete(ScopeEdge).where(ScopeEdge.parent_id.in_(parents), ScopeEdge.child_id == child)
    )
    await db.execute(
        delete(ScopeClosure).where(
            ScopeClosure.descendant_id.in_(below), ScopeClosure.ancestor_id.not_in(below)
        )
    )
    await _restore_paths_into(db, below)


async def give_up(db: AsyncSession, scope: Scope) -> None:
    """Take the dossier of a collaboration from below all but the collaboration and its memberships:
    whoever kept it for a collaboration without people no longer does."""
    if scope.granted_at_id == scope.id:
        return
    keepers = (
        select(ScopeEdge.parent_id)
        .join(Scope, Scope.id == ScopeEdge.parent_id)
        .where(
            ScopeEdge.child_id == scope.granted_at_id,
            Scope.kind.not_in((ScopeKind.COLLABORATION, ScopeKind.MEMBERSHIP)),
        )
    )
    for keeper in list(await db.scalars(keepers)):
        await unlink(db, keeper, scope.granted_at_id)


async def remove_scope(db: AsyncSession, scope_id: UUID) -> None:
    """Take a node out for good, with its edges to what lies above it; its noun is deleted before.

    Dossiers that it kept for collaborations without people are let go. The database refuses (409)
    while anything else lies below it, or a role, a note or anything else is kept on it.
    """
    await _hold(db, scope_id)
    kept = select(ScopeEdge.child_id).join(Scope, Scope.id == ScopeEdge.child_id)
    kept = kept.where(ScopeEdge.parent_id == scope_id, Scope.kind == ScopeKind.DOSSIER)
    for dossier_id in list(await db.scalars(kept)):
        await unlink(db, scope_id, dossier_id)
    await db.execute(delete(ScopeEdge).where(ScopeEdge.child_id == scope_id))
    await db.execute(delete(ScopeClosure).where(ScopeClosure.descendant_id == scope_id))
    await db.execute(delete(Scope).where(Scope.id == scope_id))


def topmost_below_both(one: Any, other: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """The topmost nodes, as `id`, that lie at or below both of two nodes, given as columns.

    Where one lies below the other it is that one, found by one step; else what has no parent that
    lies below both.
    """
    path, back = aliased(ScopeClosure), aliased(ScopeClosure)
    nested = or_(
        and_(path.ancestor_id == one, path.descendant_id == other),
        and_(path.ancestor_id == other, path.descendant_id == one),
    )
    lower = select(path.descendant_id.label("id")).where(nested).correlate_except(path)
    joined = or_(
        and_(back.ancestor_id == one, back.descendant_id == other),
        and_(back.ancestor_id == other, back.descendant_id == one),
    )
    apart = ~exists().where(joined).correlate_except(back)
    below_one, below_other = aliased(ScopeClosure), aliased(ScopeClosure)
    above_one, above_other = aliased(ScopeClosure), aliased(ScopeClosure)
    higher = (
        select(ScopeEdge.parent_id)
        .join(above_one, above_one.descendant_id == ScopeEdge.parent_id)
        .join(above_other, above_other.descendant_id == ScopeEdge.parent_id)
        .where(
            ScopeEdge.child_id == below_one.descendant_id,
            above_one.ancestor_id == one,
            above_other.ancestor_id == other,
        )
        .correlate_except(ScopeEdge, above_one, above_other)
        .exists()
    )
    common = (
        select(below_one.descendant_id)
        .join(below_other, below_other.descendant_id == below_one.descendant_id)
        .where(below_one.ancestor_id == one, below_other.ancestor_id == other, ~higher, apart)
        .correlate_except(below_one, below_other)
    )
    return union_all(lower, common)


def lies_below(kind: ScopeKind) -> Callable[[Any, Any], ColumnElement[bool]]:
    """Which rows of a model lie at or below a node of a kind, given as what its id is compared
    with."""

    def asks(model: Any, asked: Any) -> ColumnElement[bool]:
        node = select(Scope.id).where(Scope.id == asked, Scope.kind == kind)
        below = select(ScopeClosure.descendant_id).where(ScopeClosure.ancestor_id.in_(node))
        return model.scope_id.in_(below.correlate(None))

    return asks


async def _restore_paths_into(db: AsyncSession, below: Sequence[UUID]) -> None:
    """Paths within `below` are whole; each edge that still enters it brings its ancestors back."""
    inside, above = aliased(ScopeClosure), aliased(ScopeClosure)
    paths = (
        select(above.ancestor_id, inside.descendant_id)
        .distinct()
        .join_from(inside, ScopeEdge, ScopeEdge.child_id == inside.ancestor_id)
        .join(above, above.descendant_id == ScopeEdge.parent_id)
        .where(
            inside.ancestor_id.in_(below),
            inside.descendant_id.in_(below),
            ScopeEdge.parent_id.not_in(below),
        )
    )
    await db.execute(insert(ScopeClosure).from_select(["ancestor_id", "descendant_id"], paths))


async def _connect(db: AsyncSession, parents: Sequence[UUID], child: UUID) -> None:
    above, below = aliased(ScopeClosure), aliased(ScopeClosure)
    paths = (
        select(above.ancestor_id, below.descendant_id)
        .distinct()
        .join_from(above, below, literal(True))
        .where(above.descendant_id.in_(parents), below.ancestor_id == child)
    )
    edges = [{"parent_id": parent, "child_id": child} for parent in parents]
    await db.execute(upsert(ScopeEdge).on_conflict_do_nothing(), edges)
    closure = upsert(ScopeClosure).from_select(["ancestor_id", "descendant_id"], paths)
    await db.execute(closure.on_conflict_do_nothing())


async def _hold(
    db: AsyncSession, child: UUID, *, below: Sequence[UUID] | None = None
) -> Sequence[UUID]:
    """Hold a node and all below it alone, and share what they are `below`: by default every parent
    that one of them has. Says what lies there, the node among it.

    All are asked for in the order of their ids, so that two never wait for each other; where more
    has come meanwhile they are let go and asked for again.
    """
    edges = (
        select(ScopeClosure.descendant_id, ScopeEdge.parent_id)
        .outerjoin(ScopeEdge, ScopeEdge.child_id == ScopeClosure.descendant_id)
        .where(ScopeClosure.ancestor_id == child)
    )

    async def wanted() -> dict[UUID, bool]:
        found = (await db.execute(edges)).all()
        parents = [row.parent_id for row in found if row.parent_id] if below is None else below
        return dict.fromkeys(parents, False) | {row.descendant_id: True for row in found}

    await db.execute(text("SAVEPOINT held"))
    while True:
        asked = await wanted()
        for alone, alike in groupby(sorted(asked), asked.__getitem__):
            await _lock(db, list(alike), alone=alone)
        if await wanted() == asked:
            await db.execute(text("RELEASE SAVEPOINT held"))
            return [node for node, alone in asked.items() if alone]
        await db.execute(text("ROLLBACK TO SAVEPOINT held"))


async def _lock(db: AsyncSession, nodes: Sequence[UUID], *, alone: bool) -> None:
    """Hold nodes until the transaction ends; foreign keys to them are written all the same."""
    held = select(Scope.id).where(Scope.id.in_(nodes)).order_by(Scope.id)
    await db.execute(held.with_for_update(read=not alone, key_share=alone))

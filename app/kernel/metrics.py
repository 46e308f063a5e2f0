"""The register of metrics: what each counts, in words, and the facts that it is counted from.

A package says which numbers its own facts give in its room `metrics.py`. A definition that changes
gets a new version, so that a reader can tell a change of the world from a change of the ruler.

What is counted is asked at a `Here`: a scope and a moment, which the statement has as a table. So
one statement answers for one cohort now, for its last twenty months, or for all of a programme.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from app.kernel.activity import Activity
from app.kernel.db import Instant
from app.kernel.vocabularies import Vocabulary

_REGISTERED: dict[str, "Metric"] = {}

METRICS: Mapping[str, "Metric"] = MappingProxyType(_REGISTERED)
"""Every metric there is, by its key, in the order of the house; filled as packages are imported."""


class MetricScope(Vocabulary):
    """What a metric is told of."""

    COHORT = "cohort"
    PROGRAMME = "programme"
    COLLABORATION = "collaboration"


class MetricUnit(Vocabulary):
    """What a value is measured in: `money` in minor units of the currency that `dimension` says."""

    SHARE = "share"
    COUNT = "count"
    DAYS = "days"
    HOURS = "hours"
    POINTS = "points"
    MONEY = "money"


class MetricDirection(Vocabulary):
    """Which way a value is to go."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class MetricPast(Vocabulary):
    """Which past of a metric is kept: none, what was true by an instant (`as_of`), or also what was
    known of it by another (`known_at`)."""

    NONE = "none"
    AS_OF = "as_of"
    KNOWN_AT = "known_at"


@dataclass(frozen=True)
class Likeness:
    """A figure shown elsewhere that a reader could take for this one, and how the two relate."""

    figure: str
    is_equal: bool
    because: str


@dataclass(frozen=True)
class Definition:
    """How a metric is counted, in words, and since which version so."""

    key: str
    title: str
    numerator: str
    denominator: str
    excluded: str
    without_denominator: str
    version: int
    unit: MetricUnit = MetricUnit.SHARE
    direction: MetricDirection = MetricDirection.UP
    rules: tuple[str, ...] = ()
    """What is decided at the edges."""
    needs: str = ""
    """What has to be written down for it to say anything."""
    likenesses: tuple[Likeness, ...] = ()
    divisor: int = 1
    """How many of what the numerator counts make one of the unit, such as seconds of a day."""


class Here:
    """Where and when something is counted: the columns of the table that a statement has.

    They are named and not referred to, so that a subquery within a subquery is about the same row.
    """

    def __init__(self, scope: MetricScope) -> None:
        self.scope = scope
        self.scope_id: ColumnElement[Any] = literal_column("here.scope_id", Uuid())
        self.at: ColumnElement[Any] = literal_column("here.at", Instant)
        """The moment; of the present the instant of the request."""
        self._as_of = literal_column("here.as_of", Instant)
        self._known_at = literal_column("here.known_at", Instant)

    def within(self, scope: MetricScope, name: str) -> "Here":
        """The same moment, of the row that the statement has in a table of this name."""
        inside = Here(scope)
        inside.scope_id = literal_column(f"{name}.id", Uuid())
        return inside

    @property
    def is_now(self) -> ColumnElement[bool]:
        """Whether the present is asked for, as it is known."""
        return and_(self._as_of.is_(None), self._known_at.is_(None))

    def by_then(self, at: Any) -> ColumnElement[bool]:
        """Whether an instant had come by the moment; of the present whenever it is."""
        return or_(self._as_of.is_(None), at <= self._as_of)

    def happened(self, row: Any = Activity) -> ColumnElement[bool]:
        """Whether what was done had occurred by the moment, and was known of."""
        is_known = or_(self._known_at.is_(None), row.recorded_at <= self._known_at)
        return and_(self.by_then(row.occurred_at), is_known)

    def became(self, model: Any, *statuses: StrEnum) -> ColumnElement[bool]:
        """Whether a thing had ever come to one of these statuses."""
        rows = self._rows(model).where(Activity.to_status.in_(statuses))
        return rows.correlate_except(Activity).exists()

    def status(self, model: Any) -> ColumnElement[Any]:
        """The status of a thing at the moment; null before it was there."""
        rows = self._rows(model, Activity.to_status).where(Activity.to_status.is_not(None))
        return case((self.is_now, cast(model.status, Text)), else_=_latest(rows))

    def status_when(
        self, model: Any, other: Any, became: StrEnum, *, unless: StrEnum
    ) -> ColumnElement[Any]:
        """The status that a thing had when another last became something; null where that had not
        come, or was taken back: it became what `unless` says after it."""
        then = aliased(Activity)
        when = (
            select(then.occurred_at, then.position, then.to_status)
            .where(
                then.noun == other.__noun__,
                then.subject_id == other.id,
                then.to_status.in_((became, unless)),
                self.happened(then),
            )
            .order_by(then.occurred_at.desc(), then.position.desc())
            .limit(1)
            .correlate_except(then)
            .subquery("happened")
        )
        rows = self._rows(model, Activity.to_status).where(
            Activity.to_status.is_not(None),
            when.c.to_status == became,
            tuple_(Activity.occurred_at, Activity.position)
            <= tuple_(when.c.occurred_at, when.c.position),
        )
        latest = rows.order_by(Activity.occurred_at.desc(), Activity.position.desc()).limit(1)
        return latest.correlate_except(Activity, when).scalar_subquery()

    def value(self, model: Any, column: Any) -> ColumnElement[str]:
        """What a column of a thing held at the moment, as text, by what edits found and left."""
        field = literal_column(f"'{column.key}'", Text)
        said = Activity.detail[field]
        edits = self._rows(model, said["to"].astext).where(Activity.detail.has_key(field))
        later = (
            select(said["from"].astext)
            .where(
                Activity.noun == model.__noun__,
                Activity.subject_id == model.id,
                Activity.detail.has_key(field),
                ~self.happened(),
            )
            .order_by(Activity.occurred_at, Activity.position)
            .limit(1)
            .correlate_except(Activity)
        )
        whole = cast(column, Text)
        before = case((later.exists(), later.scalar_subquery()), else_=whole)
        past = case((edits.correlate_except(Activity).exists(), _latest(edits)), else_=before)
        return case((self.is_now, whole), else_=past)

    def _rows(self, model: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
        told = columns or (Activity.position,)
        return select(*told).where(
            Activity.noun == model.__noun__, Activity.subject_id == model.id, self.happened()
        )


def _latest(rows: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    latest = rows.order_by(Activity.occurred_at.desc(), Activity.position.desc()).limit(1)
    return latest.correlate_except(Activity).scalar_subquery()


def sum_of(amount: Any) -> ColumnElement[int]:
    """A sum that is 0 of nothing."""
    return func.coalesce(func.sum(amount), 0)


NOTHING: Final[ColumnElement[int]] = literal_column("0")
ONE: Final[ColumnElement[int]] = literal_column("1")
"""The denominator of what is no share."""


@dataclass(frozen=True)
class Facts:
    """What is counted at a `Here`, in one row, or where it has the column `dimension` in one for
    each; of which scopes, and of which past."""

    counts: Callable[[Here], Select[*tuple[Any, ...]]]
    scopes: tuple[MetricScope, ...]
    past: MetricPast
    dimension: str | None = None
    """What the rows differ in, such as `currency`; None where there is one."""
    by_day: bool = False
    """Whether the day of the moment counts, by itself."""
    is_kept: bool = True
    """Whether its figures are kept as they stood when a cohort closed; not of what may be taken
    back of every day."""


class Unsaid(IntEnum):
    """Why a figure has no value, as the facts say it by a number, where that may be several."""

    NO_DENOMINATOR = 0
    SUPPRESSED = 1
    NOT_RELEASED = 2


class Columns(NamedTuple):
    """The columns of the facts that a metric is made of; `unsaid` is why there is no value, where
    there may be several reasons."""

    numerator: str
    denominator: str
    excluded: str
    unsaid: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(name for name in self if name is not None)


@dataclass(frozen=True)
class Metric:
    """A definition, and where its counts are found."""

    definition: Definition
    facts: Facts
    columns: Columns


def metrics(*ours: Metric) -> None:
    """Enter what a package counts. Raises ValueError for a key that is taken."""
    for metric in ours:
        if _REGISTERED.setdefault(metric.definition.key, metric) is not metric:
            raise ValueError(f"two packages have the metric {metric.definition.key!r}")


def told_of(scope: MetricScope) -> Iterable[str]:
    """The keys of the metrics of a kind of scope, in the order of the house."""
    return [key for key, metric in METRICS.items() if scope in metric.facts.scopes]

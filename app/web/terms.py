"""The terms of an operation, and what the document says for them."""

import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.errors import (
    BadRequest,
    Internal,
    NotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition
from app.kernel.paging import InvalidCursor
from app.web import idempotency
from app.web.deprecations import Deprecation
from app.web.moves import Told

PUBLIC = "public"
"""For operations that anyone may call, signed in or not."""

SIGNED_IN = "signed_in"
"""For operations that any account may call, on what is its own."""

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
Refusals = Sequence[type[Refusal]]


@dataclass(frozen=True)
class Operation:
    """The terms of one operation."""

    name: str
    permission: str
    moves: tuple[Told, ...] = ()
    is_paged: bool = False
    if_match: bool = False
    hears_if_match: bool = False
    saves_part: bool = False
    idempotent: bool = False
    key_required: bool = False
    secret: bool = False
    location: str | None = None
    export: str | None = None
    is_streamed: bool = False
    by_lifecycle: bool = False
    streams: bool = False
    deprecation: Deprecation | None = None
    refuses: Refusals = field(default=(), compare=False)

    def possible_refusals(
        self, method: str, path: str, writes: bool, refuses: Refusals
    ) -> list[type[Refusal]]:
        """Those of the operation and all that follow from its terms."""
        follow: list[tuple[bool, Refusals]] = [
            (True, [BadRequest, Unprocessable, Unavailable, Internal, *refuses]),
            (self.permission != PUBLIC, [Unauthenticated, TooManyRequests]),
            (self.permission not in (PUBLIC, SIGNED_IN), [NotAllowed]),
            ("{" in path, [NotFound]),
            (self.is_paged, [InvalidCursor]),
            (bool(self.moves), [IllegalTransition, GuardsUnmet]),
            (self.if_match or self.saves_part, [PreconditionRequired]),
            (self.if_match or self.hears_if_match, [PreconditionFailed]),
            (self.idempotent, [idempotency.IdempotencyInProgress, idempotency.IdempotencyMismatch]),
            (self.idempotent and self.secret, [idempotency.AnswerWasSecret]),
            (self.key_required, [idempotency.IdempotencyKeyRequired]),
            (writes, [PayloadTooLarge]),
            (writes and method != "DELETE", [UnsupportedMediaType]),
        ]
        found = [refusal for holds, some in follow if holds for refusal in some]
        return list(dict.fromkeys(found))

    def description(self, endpoint: Endpoint) -> str:
        """What the document says of the operation: its docstring, and its terms in words."""
        said = re.sub(r"\n[ \t]+", "\n", endpoint.__doc__ or "").strip()
        assert said, f"{endpoint.__name__} needs a docstring: it is the operation's description"
        needs = {
            PUBLIC: "Open to everyone.",
            SIGNED_IN: "Open to every signed-in account.",
        }.get(self.permission, f"Permission: `{self.permission}`.")
        moves = [f"Move: {move}." for move in self.moves]
        as_csv = f"With `Accept: text/csv` or `format=csv` it is sent as `{self.export}` sends it."
        exported = [as_csv] if self.export else []
        gone = [self.deprecation.told()] if self.deprecation else []
        return "\n\n".join([said, *gone, *exported, needs, *moves])

    def extensions(self, example: Any) -> dict[str, Any]:
        """The terms as extensions of the document."""
        extra: dict[str, Any] = {}
        if self.moves:
            extra["x-moves"] = list(self.moves)
        if self.export:
            extra["x-export"] = self.export
        if self.permission == PUBLIC:
            extra["security"] = []
        if self.if_match:
            extra["x-if-match"] = True
        if self.idempotent:
            extra["x-idempotency-key"] = "required" if self.key_required else "optional"
        if example is not None:
            extra["x-example"] = example
        return extra

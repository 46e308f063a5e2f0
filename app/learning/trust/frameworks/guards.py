"""What else must hold before a version of a framework moves."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.learning.trust.frameworks import documents
from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.soundness import flaws

MOST_FLAWS: Final = 100
"""More are not told at once; they are told when these are mended."""


@FRAMEWORK_VERSION.guard("publish")
async def is_sound(_db: AsyncSession, _actor: Actor, version: FrameworkVersion) -> Sequence[Unmet]:
    """What is published makes sense: each flaw is named, with its place in the document."""
    return [
        Unmet("not_sound", flaw.problem, pointer=f"/document{flaw.pointer}")
        for flaw in flaws(documents.read(version.document))[:MOST_FLAWS]
    ]

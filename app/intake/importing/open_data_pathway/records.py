"""The questionnaire on its way in: one record, a framework that two have published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from app.intake.importing.ground import Convening
from app.intake.importing.open_data_pathway.frameworks import SLUG, framework_of
from app.intake.importing.open_data_pathway.source import Questionnaire
from app.intake.importing.reading import ImportFileUnreadable, parsed
from app.intake.importing.report import ImportReport, Key, LeftOutOut
from app.intake.importing.runs import ImportRun, Passage, Tell, bring_in
from app.intake.importing.trust_frameworks import publish, publishers_of
from app.learning.trust.framework import Framework
from app.learning.trust.soundness import flaws

CONVENING: Final = Convening(
    reference="OPEN-DATA-PATHWAY",
    name="Imported pathways of open data",
    convenor="Convenor of the imported pathways",
)
_ADVICE: Final = (
    "What to do about an answer is advice to whoever gave it: write it into targets, or into the "
    "help of the questions in a version of your own."
)


@dataclass(frozen=True)
class FrameworkRecord:
    """The framework, drawn up by one and published by another."""

    framework: Framework
    programme_id: UUID | None

    @property
    def keys(self) -> Sequence[Key]:
        return [("framework", SLUG)]

    async def bring_in(self, passage: Passage) -> None:
        """Publish it unless that was done before."""
        if await passage.seen_before():
            return
        at = passage.run.at
        publishers = await publishers_of(passage, CONVENING, self.programme_id, at)
        await publish(passage, self.framework, publishers, at)


async def bring_in_questionnaire(
    run: ImportRun, content: bytes, name: str, programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in the questionnaire of a file. Raises ImportFileUnreadable."""
    raw = parsed(content, name)
    questionnaire, framework = _read(raw, name)
    record = FrameworkRecord(framework, programme_id)
    return await bring_in(run, [(record, raw)], tell, _left_out(questionnaire))


def _read(raw: object, name: str) -> tuple[Questionnaire, Framework]:
    """What a file holds. Raises ImportFileUnreadable where that makes no framework."""
    try:
        questionnaire = Questionnaire.model_validate(raw)
        framework = framework_of(questionnaire)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise ImportFileUnreadable(f"{name}, {place}: {first['msg']}.") from None
    except KeyError as fault:
        raise ImportFileUnreadable(
            f"{name} has questions of the activity {fault}, which it does not list."
        ) from None
    if found := flaws(framework):
        raise ImportFileUnreadable(f"{name}, {found[0].pointer}: {found[0].problem}")
    return questionnaire, framework


def _left_out(questionnaire: Questionnaire) -> Iterator[LeftOutOut]:
    if questionnaire.improvements:
        number = len(questionnaire.improvements)
        yield LeftOutOut(what="improvements", records=number, detail=_ADVICE)

"""The pages that list the words of each vocabulary, as there are today."""

from html import escape

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.kernel import vocabularies
from app.kernel.errors import NotFound
from app.web.problem_pages import answer

router = APIRouter(include_in_schema=False)


class VocabularyTold(BaseModel):
    """One vocabulary."""

    name: str
    about: str
    words: list[str]


class VocabulariesTold(BaseModel):
    """Every vocabulary, by name."""

    items: list[VocabularyTold]


def told() -> dict[str, VocabularyTold]:
    """What is told of each vocabulary, by its name."""
    return {
        name: VocabularyTold(name=name, about=vocabularies.about(name), words=words)
        for name, words in vocabularies.words().items()
    }


@router.get("/vocabularies")
async def list_vocabularies(request: Request) -> Response:
    """All of them, as JSON or as a page."""
    listed = list(told().values())
    page = "".join(map(_section, listed))
    return answer(request, VocabulariesTold(items=listed), "Vocabularies", page)


@router.get("/vocabularies/{name}")
async def get_vocabulary(request: Request, name: str) -> Response:
    """One of them, as JSON or as a page."""
    found = told().get(name)
    if found is None:
        raise NotFound("No vocabulary of this service has that name.")
    return answer(request, found, found.name, _section(found))


def _section(one: VocabularyTold) -> str:
    words = "".join(f"<li><code>{escape(word)}</code></li>" for word in one.words)
    return (
        f"<section id='{one.name}'><h2><code>{one.name}</code></h2>"
        f"<p>{escape(one.about)} More may come.</p><ul>{words}</ul></section>"
    )

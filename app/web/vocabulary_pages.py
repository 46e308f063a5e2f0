"""The pages that list the words of each vocabulary, as there are today. They change with a release
alone, so whoever holds them is told so (304)."""

from html import escape

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from app.kernel import vocabularies
from app.kernel.errors import NotFound
from app.web.problem_pages import answer
from app.web.routing import Router
from app.web.terms import PUBLIC

router = Router("Vocabularies", prefix="")


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


@router.get("/vocabularies", permission=PUBLIC, include_in_schema=False)
async def list_vocabularies(request: Request) -> Response:
    """All of them, as JSON or as a page."""
    listed = list(told().values())
    page = "".join(map(_section, listed))
    return answer(request, VocabulariesTold(items=listed), "Vocabularies", page)


@router.get("/vocabularies/{name}", permission=PUBLIC, include_in_schema=False)
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

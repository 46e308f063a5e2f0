"""The way to an operation: by the words of its path, not by trying every pattern in turn.

What a request may match is looked up segment by segment, and only that is asked, in the order of
the routes and by FastAPI's own router: which answers 404 or 405, what a path parameter may be and
which of two routes is meant stays as it would be without.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIRouter
from starlette._utils import get_route_path
from starlette.convertors import StringConvertor
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send


@dataclass
class _Fork:
    """Where paths with the same beginning part."""

    words: dict[str, "_Fork"] = field(default_factory=dict[str, "_Fork"])
    anything: "_Fork | None" = None
    here: list[int] = field(default_factory=list[int])

    def file(self, segments: Sequence[str], place: int) -> None:
        """File a route, by its place among all, under the segments of its path."""
        fork = self
        for segment in segments:
            if "{" in segment:
                fork.anything = fork.anything or _Fork()
                fork = fork.anything
            else:
                fork = fork.words.setdefault(segment, _Fork())
        fork.here.append(place)

    def find(self, segments: Sequence[str], at: int = 0) -> Iterator[int]:
        """The places of the routes whose path the segments from `at` on may be."""
        if at == len(segments):
            yield from self.here
            return
        if word := self.words.get(segments[at]):
            yield from word.find(segments, at + 1)
        if self.anything:
            yield from self.anything.find(segments, at + 1)


class Signposts:
    """Stands before the router of an application and sends each request to a copy of it that
    knows no other routes than those which the path may mean."""

    def __init__(self, router: APIRouter) -> None:
        self._router: Final = router
        self._filed = -1
        self._root = _Fork()
        self._everywhere: tuple[int, ...] = ()
        self._narrowed: dict[tuple[int, ...], APIRouter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._router.app(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        await self._towards(scope).app(scope, receive, send)

    def routes(self, scope: Scope) -> Sequence[BaseRoute]:
        """The routes that the path of `scope` may mean, in their order."""
        return self._towards(scope).routes

    def _towards(self, scope: Scope) -> APIRouter:
        if self._filed != len(self._router.routes):
            self._file()
        # The patterns end with `$`, which overlooks one line break.
        segments = get_route_path(scope).removesuffix("\n").split("/")
        places = tuple(sorted([*self._root.find(segments), *self._everywhere]))
        narrowed = self._narrowed.get(places)
        if narrowed is None:
            narrowed = self._narrowed[places] = copy(self._router)
            narrowed.routes = [self._router.routes[place] for place in places]
        return narrowed

    def _file(self) -> None:
        """File every route anew; what has no path of fixed length may be meant everywhere."""
        paths = tuple(
            route.path if isinstance(route, APIRoute) and _is_of_fixed_length(route) else None
            for route in self._router.routes
        )
        self._root, self._everywhere = _placed(paths)
        self._narrowed, self._filed = {}, len(paths)


@lru_cache(maxsize=8)
def _placed(paths: tuple[str | None, ...]) -> tuple[_Fork, tuple[int, ...]]:
    """The places of the paths that have a fixed length, and of the others. Applications with the
    same paths share it, and none changes it."""
    root, everywhere = _Fork(), list[int]()
    for place, path in enumerate(paths):
        if path is None:
            everywhere.append(place)
        else:
            root.file(path.split("/"), place)
    return root, tuple(everywhere)


def _is_of_fixed_length(route: APIRoute) -> bool:
    return all(isinstance(one, StringConvertor) for one in route.param_convertors.values())


def put_up(app: FastAPI) -> None:
    """Find the operations of `app` by signposts, also those that are added later."""
    app.state.signposts = signposts = Signposts(app.router)
    app.router.middleware_stack = signposts


def routes_for(app: FastAPI, scope: Scope) -> Sequence[BaseRoute]:
    """The routes of `app` that the path of `scope` may mean, in their order."""
    signposts: Signposts = app.state.signposts
    return signposts.routes(scope)

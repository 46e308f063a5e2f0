"""The query parameters of a route: those that it knows, and the refusal of any other."""

from fastapi import params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request


def names_of(route: APIRoute) -> frozenset[str]:
    """The query parameters that a route knows."""
    elsewhere = (params.Path, params.Header, params.Cookie)
    flat = get_flat_params(route.dependant)
    return frozenset(f.alias for f in flat if not isinstance(f.field_info, elsewhere))


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """Raises RequestValidationError (422) for the parameters that are not among `known`."""
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise RequestValidationError(
            [
                {
                    "type": "unknown_parameter",
                    "loc": ("query", name),
                    "msg": f"Not a parameter here. Known: {', '.join(sorted(known)) or 'none'}.",
                }
                for name in unknown[:20]
            ]
        )

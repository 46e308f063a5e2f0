"""The text of docs/configuration.md, made of the settings class."""

import types
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from app.settings import PREFIX, SECRETS, Settings
from app.settings.limits import LimitSettings

HEAD: Final = """\
# Configuration

Everything is set by environment variables. This page is generated from `app/settings` by `make
docs`; `make check` compares the two. A variable that is set and empty counts as unset. When
something is wrong the service does not start, and says of every variable at once what is wrong.

The settings marked *secret* are never printed or logged, and may be given as a file instead:
`PLN_SECRET_KEY_FILE=/run/secrets/key` in place of `PLN_SECRET_KEY`.

"""

LIMITS: Final = """
## Limits

What is more than these is refused, and the refusal says which limit it was and when to come back.
Attempts to sign in are limited as well: ten in a quarter of an hour for an account from one address
or from a device that it has signed in with before; a hundred for one address (of IPv6, for its
/64) by devices that it has not. Behind a proxy all clients are one address unless
`PLN_TRUSTED_PROXIES` names it.

"""

TABLE: Final = """\
| variable | values | default | meaning |
|---|---|---|---|
"""

WORDS: Final[dict[Any, str]] = {
    str: "text",
    SecretStr: "text",
    int: "whole number",
    float: "number",
    Path: "folder",
    IPv4Network: "network",
    IPv6Network: "network",
}


def page() -> str:
    """Return the text of the page."""
    limits = LimitSettings.model_fields
    others = {name: one for name, one in Settings.model_fields.items() if name not in limits}
    return HEAD + _table(others) + LIMITS + _table(limits)


def _table(fields: Mapping[str, FieldInfo]) -> str:
    return TABLE + "".join(_row(name, field) for name, field in fields.items())


def _row(name: str, field: FieldInfo) -> str:
    values = _values(field.annotation)
    if name in SECRETS:
        values += ", *secret*"
    cells = (f"`{PREFIX}{name.upper()}`", values, _default(field), field.description)
    return f"| {' | '.join(map(str, cells))} |\n"


def _values(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        return _values(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list"
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return _values(kinds[0])
    return WORDS[annotation]


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None or field.default in {None, "", ()}:
        return "-"
    return f"`{field.default}`"

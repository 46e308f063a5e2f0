"""The framework that comes with the service: five principles, and trust between parties."""

from functools import cache
from importlib.resources import files

from app.learning.trust.framework import Framework


@cache
def default_framework() -> Framework:
    """As it stands in `default_framework.json`, in our own words."""
    document = files("app.learning.trust") / "default_framework.json"
    return Framework.imported(document.read_bytes())

"""The client gives a key to each write that takes one, and repeats no other."""

import json
import re
import sys
from contextlib import suppress
from pathlib import Path

import httpx
from pln_client import connect

DOCUMENT = Path(__file__).parents[3] / "openapi" / "openapi.json"
ANY = "00000000-0000-7000-8000-000000000001"
PATHS = json.loads(DOCUMENT.read_text())["paths"]


def main() -> int:
    """Send each write of the document into the void, so that what may be repeated is."""
    sent: list[bool] = []

    def lose(request: httpx.Request) -> httpx.Response:
        sent.append("Idempotency-Key" in request.headers)
        raise httpx.ConnectError("lost", request=request)

    with connect("http://nowhere", transport=httpx.MockTransport(lose), pause=0) as pln:
        for path, item in PATHS.items():
            for method in item.keys() & {"post", "put", "patch", "delete"}:
                sent.clear()
                with suppress(httpx.ConnectError):
                    pln.http.request(method, re.sub(r"{\w+}", ANY, path))
                named = [one.get("$ref", "") for one in item[method].get("parameters", ())]
                takes = any(one.endswith("IdempotencyKey") for one in named)
                expected = [True] * 4 if takes else [False]
                assert sent == expected, f"{method} {path}: {sent}"
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A client that stays signed in, and that asks again where an answer was lost."""

import re
import time
from collections.abc import Callable, Generator
from threading import Lock
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from pln_client.contract import Client
from pln_client.contract.api.signing_in import log_in, log_out
from pln_client.contract.keyed import KEYED
from pln_client.contract.models import LogIn, TokensOut, WithRefreshToken
from pln_client.problems import taken

_KEYED = re.compile("|".join(KEYED))
"""The writes whose answer is kept under a key; that of the others is a secret, or nothing."""
BUSY = (409, 429, 503)
REFRESH = "/v1/auth/refresh"
OPEN = ("/v1/auth/login", REFRESH, "/v1/oauth/token")

Keeper = Callable[[TokensOut | None], None]


class Connection:
    """The service, as somebody who is signed in."""

    def __init__(
        self,
        address: str,
        *,
        tokens: TokensOut | None = None,
        token: str | None = None,
        on_tokens: Keeper | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: float = 1.0,
    ) -> None:
        """`pause` is what waits are multiplied by before a lost answer is asked for again."""
        self.signature = _Signature(address, tokens, token, on_tokens)
        self.http = httpx.Client(
            base_url=address,
            auth=self.signature,
            transport=_Patient(transport or httpx.HTTPTransport(), pause),
        )
        self.client = Client(base_url=address).set_httpx_client(self.http)

    @property
    def tokens(self) -> TokensOut | None:
        """Those of whoever is signed in."""
        return self.signature.tokens

    def log_in(self, email: str, password: str) -> None:
        """Sign in as a person."""
        body = LogIn(email=email, password=password)
        self.continue_with(taken(log_in.sync_detailed(client=self.client, body=body)))

    def log_out(self) -> None:
        """End this sign-in."""
        if tokens := self.signature.tokens:
            body = WithRefreshToken(refresh_token=tokens.refresh_token)
            log_out.sync_detailed(client=self.client, body=body)
        self.continue_with(None)

    def continue_with(self, tokens: TokensOut | None) -> None:
        """Go on with these tokens, as after an invitation was accepted."""
        self.signature.keep(tokens)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.http.close()


def connect(address: str, **how: Any) -> Connection:
    """A connection to the service at an address; `with connect(…) as pln` closes it."""
    return Connection(address, **how)


class _Signature(httpx.Auth):
    """Signs each request, and renews the access token when it has run out."""

    requires_response_body = True

    def __init__(
        self, address: str, tokens: TokensOut | None, token: str | None, told: Keeper | None
    ) -> None:
        self.address, self.tokens, self.token, self.told = address, tokens, token, told
        self.renewing = Lock()

    def keep(self, tokens: TokensOut | None) -> None:
        self.tokens = tokens
        if self.told:
            self.told(tokens)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        if request.url.path in OPEN:
            yield request
            return
        used = self._sign(request)
        response = yield request
        if response.status_code != 401 or self.tokens is None:
            return
        with self.renewing:
            if self.tokens.access_token == used:
                body = {"refresh_token": self.tokens.refresh_token}
                renewed = yield httpx.Request("POST", f"{self.address}{REFRESH}", json=body)
                renewed.read()
                self.keep(TokensOut.from_dict(renewed.json()) if renewed.is_success else None)
        if self._sign(request):
            yield request

    def _sign(self, request: httpx.Request) -> str | None:
        used = self.tokens.access_token if self.tokens else self.token
        if used:
            request.headers["Authorization"] = f"Bearer {used}"
        return used


class _Patient(httpx.BaseTransport):
    """Sends again a read, or a write with its key, whose answer was lost or put off."""

    def __init__(self, inner: httpx.BaseTransport, pause: float, attempts: int = 4) -> None:
        self.inner, self.pause, self.attempts = inner, pause, attempts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_read = request.method in ("GET", "HEAD")
        if _KEYED.fullmatch(f"{request.method} {request.url.path}"):
            request.headers.setdefault("Idempotency-Key", str(uuid4()))
        may_repeat = is_read or "Idempotency-Key" in request.headers
        for attempt in range(1, self.attempts if may_repeat else 1):
            try:
                response = self.inner.handle_request(request)
            except httpx.TransportError:
                time.sleep(self.pause * 2**attempt / 8)
                continue
            if response.status_code not in BUSY or "Retry-After" not in response.headers:
                return response
            response.close()
            time.sleep(float(response.headers["Retry-After"]))
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()

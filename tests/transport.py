"""The way from a client of httpx into an application of this process.

What httpx has of its own looks at each request for a library of concurrency that is not installed,
and carries a body that lies ready in pieces: a third of what it costs to ask for little.
"""

import asyncio
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Message, Scope


class Transport(httpx.AsyncBaseTransport):
    """Gives requests to an application, and answers with what it sends, once it is whole."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        raise_app_exceptions: bool = True,
        root_path: str = "",
        client: tuple[str, int] = ("127.0.0.1", 123),
    ) -> None:
        """What the application raises is raised here, too, or else is a 500 where nothing was said
        before."""
        self.app = app
        self._raises = raise_app_exceptions
        self._root_path = root_path
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(request)
        try:
            await self.app(self._scope(request), exchange.receive, exchange.send)
        except Exception:
            if self._raises:
                raise
            exchange.status = exchange.status or 500
        else:
            assert exchange.is_complete, "the application has not ended its answer"
        assert exchange.status is not None
        body = b"".join(exchange.body)
        return httpx.Response(
            exchange.status, headers=exchange.headers, stream=httpx.ByteStream(body)
        )

    def _scope(self, request: httpx.Request) -> Scope:
        url = request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": self._client,
            "root_path": self._root_path,
        }


class _Exchange:
    """A request as the application receives it, and what it has sent so far."""

    def __init__(self, request: httpx.Request) -> None:
        self._is_of_head = request.method == "HEAD"
        stream = request.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        self._whole = request.content if isinstance(stream, httpx.ByteStream) else None
        self._pieces: AsyncIterator[bytes] = aiter(stream)
        self._is_received = False
        self._complete: asyncio.Event | None = None
        self.is_complete = False
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []

    async def receive(self) -> Message:
        """The body, piece by piece unless it lies ready; then, once all is answered, the end."""
        if self._is_received:
            if not self.is_complete:
                self._complete = self._complete or asyncio.Event()
                await self._complete.wait()
            return {"type": "http.disconnect"}
        if self._whole is not None:
            self._is_received = True
            return {"type": "http.request", "body": self._whole, "more_body": False}
        piece = await anext(self._pieces, None)
        self._is_received = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self.status is None, "the application has begun two answers"
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            assert not self.is_complete, "the application goes on behind its answer's end"
            if not self._is_of_head:
                self.body.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.is_complete = True
                if self._complete is not None:
                    self._complete.set()

"""Checks every answer of the suite against the committed document."""

import httpx


class ContractRecorder(httpx.AsyncBaseTransport):
    """A transport that passes requests on to the application."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)

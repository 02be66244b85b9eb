"""What every request passes: it must be addressed to this server, and every answer says what it may load."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # A form of a page without a referrer has no origin either, and the origin is asked for below.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, whatever it is."""


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 20 * 1024 * 1024
LONGEST_LENGTH = 9


def is_own(headers: Headers) -> bool:
    """Tell whether a request that changes something comes from a page of this server, or from no browser.

    Fetch metadata first, then the origin (W3C Fetch Metadata Request Headers; OWASP ASVS 5.0.0, 3.5.1). A
    request with neither is taken only where it brings its token itself, which no page elsewhere can.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    if origin is not None:
        return origin.partition("://")[2] == headers.get("host", "")
    return "authorization" in headers


def limited(receive: Receive, most: int) -> Receive:
    """Return what hands on a body until it is too large; then nothing more of it is read."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > most:
                return {"type": "http.disconnect"}
        return message

    return counted


class Guard:
    """Refuses requests under another name than this server's, and puts the headers on every answer.

    The name is checked because a page elsewhere could point its own name at this computer and read what is
    shown here through the browser.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app, self._hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            status, text = refusal
            is_api = scope["path"].startswith("/api/")
            answer = JSONResponse({"error": text}, status) if is_api else PlainTextResponse(text, status)
            await answer(scope, receive, with_headers)
            return
        await self._app(scope, limited(receive, LARGEST_BODY), with_headers)

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        """Return why a request is not taken, with the status that says so, None for one that is."""
        if not self._is_addressed(headers.get("host", "")):
            return 421, "This server does not go by that name."
        if method not in SAFE and not is_own(headers):
            return 403, "Forms are taken from the pages of this server only."
        length = headers.get("content-length", "0")
        if not length.isdigit() or len(length) > LONGEST_LENGTH or int(length) > LARGEST_BODY:
            return 413, "That is larger than anything these pages take."
        return None

    def _is_addressed(self, host: str) -> bool:
        name = host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() else host
        return name.strip("[]").lower() in self._hosts

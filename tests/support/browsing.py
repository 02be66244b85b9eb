"""A browser without scripts, for pages in this process: cookies, redirects, forms as a browser sends them."""

from __future__ import annotations

from contextlib import contextmanager

import httpx
from anyio.from_thread import start_blocking_portal

ORIGIN = "http://127.0.0.1:8017"


class Browser:
    """Asks an application in this process, as a page of its own would."""

    def __init__(self, app, portal):
        self.app = app
        transport = httpx.ASGITransport(app=app)
        self._client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, follow_redirects=True)
        self._portal = portal

    def get(self, path, **options):
        return self._portal.call(lambda: self._client.get(path, **options))

    def post(self, path, data=None, **options):
        return self.request("POST", path, data=data, **options)

    def request(self, method, path, *, headers=None, **options):
        """Ask as a page of the server would; a header that is None is left out."""
        sent = {"origin": ORIGIN, "sec-fetch-site": "same-origin", **(headers or {})}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self._portal.call(lambda: self._client.request(method, path, headers=sent, **options))

    @property
    def cookies(self):
        return self._client.cookies


@contextmanager
def browsing(app):
    """Yield a browser of an application."""
    with start_blocking_portal() as portal:
        yield Browser(app, portal)

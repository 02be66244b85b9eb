"""The application: which address shows what."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from safepassage.web.desk import Desk
from safepassage.web.guard import Guard
from safepassage.web.map_routes import map_routes
from safepassage.web.pages import page

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The names under which a server on this computer is asked."""


def application(desk: Desk, *, hosts: Iterable[str] = LOOPBACK) -> Starlette:
    """Return the server of one case; `hosts` are the names it may be asked under."""
    app = Starlette(
        routes=[
            Route("/", _home),
            Route("/situation", _screen),
            Route("/plan", _screen),
            Route("/movements", _screen),
            Route("/changes", _screen),
            Route("/compare", _screen),
            Route("/settings", _screen),
            *map_routes(),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
    )
    app.state.desk = desk
    return app


async def _home(_: Request) -> Response:
    return RedirectResponse("/situation", status_code=303)


async def _screen(request: Request) -> Response:
    return page(request, request.url.path.strip("/"))

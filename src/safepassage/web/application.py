"""The application: which address shows what, and behind which door it stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from safepassage.domain.errors import SafePassageError, StorageError
from safepassage.web import doors, rights
from safepassage.web.api import openapi
from safepassage.web.desk.desk import DeniedError, Desk
from safepassage.web.doors import Way
from safepassage.web.feeds import live, ogc, shared_map
from safepassage.web.feeds.map_routes import map_routes
from safepassage.web.guard import Guard
from safepassage.web.pages import page
from safepassage.web.screens import (
    changes,
    compare,
    movements,
    paper,
    plan_screen,
    settings,
    sign_in,
    situation,
)

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The names under which a server on this computer is asked."""


def application(
    desk: Desk, *, hosts: Iterable[str] = LOOPBACK, shared: shared_map.SharedLayers | None = None
) -> Starlette:
    """Return the server of one case; `hosts` are its names, `shared` the map of many offices, if any."""
    app = Starlette(
        routes=routes(), middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={
            SafePassageError: _failed, 404: _missing, 405: _missing, 500: _at_fault,
            ClientDisconnect: _too_large,
        },
    )  # fmt: skip
    app.state.desk, app.state.shared_map = desk, shared
    return app


def routes() -> list[BaseRoute]:
    """Return every address; all but the static files stand behind a door."""
    # What programs ask for often is found first.
    return [
        *openapi.WAYS,
        Way("/", _home, rights.ANYBODY),
        Way("/sign-in", sign_in.show, rights.ANYBODY),
        Way("/sign-in", sign_in.sign_in, rights.ANYBODY, methods=("POST",)),
        Way("/sign-in/recover", sign_in.recover, rights.ANYBODY, methods=("POST",)),
        Way("/sign-out", sign_in.sign_out, rights.SIGNED_IN, methods=("POST",)),
        Way("/events", live.events, rights.READS_PARTNERS),
        Way("/situation", situation.show, rights.READS_PARTNERS),
        Way("/situation/reports", situation.add_report, rights.RECORDS_ALL, methods=("POST",)),
        Way("/situation/roads", situation.close_road, rights.RECORDS_ALL, methods=("POST",)),
        Way("/situation/claims", situation.decide, rights.PLANS, methods=("POST",)),
        Way("/situation/files", situation.upload, rights.PLANS, methods=("POST",)),
        *plan_screen.WAYS, *movements.WAYS, *changes.WAYS, *compare.WAYS, *settings.WAYS, *paper.WAYS,
        *ogc.WAYS, *map_routes(), *shared_map.WAYS,
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]  # fmt: skip


async def _home(_: Request) -> Response:
    return RedirectResponse("/situation", status_code=303)


async def _failed(request: Request, fault: Exception) -> Response:
    """Say in one sentence what could not be done; a disk that fails may be tried again."""
    status = 403 if isinstance(fault, DeniedError) else 503 if isinstance(fault, StorageError) else 422
    if request.url.path.startswith("/api/"):
        return doors.classed(request, JSONResponse({"error": str(fault)}, status))
    return doors.classed(request, page(request, "failed", status=status, text=str(fault)))


async def _missing(request: Request, _: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": "There is no such address, or not for this method."}, 404)
    return doors.classed(request, page(request, "failed", status=404, text="There is no such page."))


async def _at_fault(request: Request, _: Exception) -> Response:
    """Say that the program is at fault, and nothing of what was in its hands."""
    text = "The program itself failed; nothing was recorded. Please report what you did."
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": text}, 500)
    return doors.classed(request, page(request, "failed", status=500, text=text))


async def _too_large(_: Request, __: Exception) -> Response:
    """Say that a body was larger than anything that is taken; what was left of it was not read."""
    return JSONResponse({"error": "That is larger than anything that is taken here."}, 413)

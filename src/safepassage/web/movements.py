"""The screen of movements: who was told what and when, who answered, what is overdue, what may go."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from safepassage.web.doors import READS_PARTNERS, Way
from safepassage.web.pages import page


async def show(request: Request) -> Response:
    """Show the movements."""
    return page(request, "movements")


WAYS = [Way("/movements", show, READS_PARTNERS)]

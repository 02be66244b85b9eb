"""What is new, as it happens: server-sent events that go on where a page left off."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from safepassage.web.desk.hub import MOST_LISTENERS
from safepassage.web.doors import person_of
from safepassage.web.pages import asking, desk_of
from safepassage.web.rights import READS_ALL, can, reach

LONGEST_NUMBER = 12


async def events(request: Request) -> Response:
    """Stream what is new since an entry, as far as the reader may know of it; end with the session."""
    desk, person = desk_of(request), asking(request)
    said = request.headers.get("last-event-id", "") or request.query_params.get("after", "")
    known = said.isascii() and said.isdigit() and len(said) < LONGEST_NUMBER
    after = int(said) if known else desk.folding.size
    if desk.hub.listeners >= MOST_LISTENERS:
        return PlainTextResponse("Too many pages listen: close some.", 503, headers={"retry-after": "30"})

    async def stream() -> AsyncIterator[str]:
        news = desk.hub.listen(
            min(after, desk.folding.size), reach(person, desk.org), plans=can(person, READS_ALL, desk.org)
        )
        async for text in news:
            if person_of(request, used=False) is None:
                yield "event: over\ndata: {}\n\n"
                return
            yield text

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})

"""Who may pass through which door: every address has one, and what has none is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from safepassage.domain.access import MAY, Person
from safepassage.web.guard import limited
from safepassage.web.pages import desk_of, page
from safepassage.web.rights import Door, reach

COOKIE = "safepassage"
BY_ITSELF = "x-safepassage-live"
"""The header of what a page asks by itself, because something is new: nobody need sit before it."""
CLASS = "x-safepassage-class"
"""The header that says the highest class an answer may hold: what the reader's role reaches, or less."""
MOST_FROM_ANYBODY = 64 * 1024
"""Bytes of a body that are read for somebody who need not have signed in."""
BEARER = "bearer "
Answer = Callable[[Request], Awaitable[Response]]


def token_of(request: Request) -> tuple[str, bool]:
    """Return the token a request brings, and whether the browser added it by itself."""
    said = request.headers.get("authorization", "")
    if said[: len(BEARER)].lower() == BEARER:
        return said[len(BEARER) :].strip(), False
    return request.cookies.get(COOKIE, ""), True


def person_of(request: Request, *, used: bool = True) -> Person | None:
    """Return who asks, None where nobody is signed in; a page that asks by itself keeps no session going."""
    desk = desk_of(request)
    token, _ = token_of(request)
    used = used and BY_ITSELF not in request.headers
    name = desk.sessions.person(token, desk.now_s(), used=used) if token else ""
    return desk.office().persons.get(name) if name else None


def classed(request: Request, answer: Response) -> Response:
    """Return an answer that says the highest class it may hold; one that says so already keeps it."""
    person: Person | None = getattr(request.state, "person", None)
    answer.headers.setdefault(CLASS, reach(person, desk_of(request).org).name)
    return answer


class Way(Route):
    """An address behind a door; whoever may not pass is told so, and it is noted."""

    def __init__(self, path: str, answer: Answer, door: Door, *, methods: tuple[str, ...] = ("GET",)) -> None:
        self.door = door

        async def checked(request: Request) -> Response:
            desk, person = desk_of(request), person_of(request)
            request.state.person = person
            if door.open:
                request = Request(request.scope, limited(request.receive, MOST_FROM_ANYBODY))
            if door.lets(person, desk.org):
                answered = await answer(request)
            else:
                desk.refusals.note(person, request.method, path)
                answered = _refused(request, path, person)
            return classed(request, answered)

        super().__init__(path, checked, methods=list(methods))


def _refused(request: Request, path: str, person: Person | None) -> Response:
    if path.startswith("/api/"):
        status = 401 if person is None else 403
        return JSONResponse({"error": "sign in" if person is None else "not for your role"}, status)
    if person is None and request.method == "GET":
        return RedirectResponse("/sign-in", status_code=303)
    return page(request, "refused", status=403, allowed=sorted(MAY[person.role]) if person else [])

"""Signing in and out: name and password, a recovery code, or for the example any role."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.domain.access import SESSION_RULES
from safepassage.domain.errors import StoreError
from safepassage.store import passwords, people
from safepassage.web.desk.desk import Desk
from safepassage.web.doors import COOKIE, person_of, token_of
from safepassage.web.pages import desk_of, page
from safepassage.web.screens.forms import Form, form_of

LONGEST_NAME = 100
WRONG = "The name or the password is wrong, or there were too many attempts: wait a minute."


async def show(request: Request) -> Response:
    """Show the form, or the screens to whoever is signed in."""
    if person_of(request) is not None:
        return RedirectResponse("/situation", status_code=303)
    return _page(request)


def _page(request: Request, *, problem: str = "") -> Response:
    desk = desk_of(request)
    roles = sorted(desk.office().persons.values(), key=lambda p: (p.org != desk.org, p.id))
    return page(
        request, "sign_in", status=403 if problem else 200, problem=problem,
        roles=[p for p in roles if p.active] if desk.open_roles else [],
    )  # fmt: skip


async def sign_in(request: Request) -> Response:
    """Begin a session, or say that name or password is wrong, never which."""
    desk, form = desk_of(request), await form_of(request)
    password = form.fields.get("password", "")
    name = await checked_name(request, form.text("name"), password, form.text("role"))
    if not name:
        desk.refusals.note(None, "POST", "/sign-in")
        return _page(request, problem=WRONG)
    return _begun(request, name)


async def checked_name(request: Request, name: str, password: str, role: str) -> str:
    """Return who signs in with these, "" for nobody; at the desk of the example a role is enough."""
    desk = desk_of(request)
    if desk.open_roles and role in desk.office().persons:
        return role
    if not _may_try(request, desk, name) or not await run_in_threadpool(_fits, desk, name, password):
        return ""
    desk.attempts.forget(f"name:{name[:LONGEST_NAME]}")
    return name


def _may_try(request: Request, desk: Desk, name: str) -> bool:
    address = request.client.host if request.client else "nowhere"
    now_s = desk.now_s()
    # Who asks from an address that has to wait can neither use up a name's attempts nor crowd out others'.
    return desk.attempts.allowed(f"from:{address}", now_s) and desk.attempts.allowed(
        f"name:{name[:LONGEST_NAME]}", now_s
    )


def _fits(desk: Desk, name: str, password: str) -> bool:
    store = desk.journal.store
    with store.lock:
        known = people.known_hash(store, name, desk.folding.entries.few())
    # Without the lock: this is slow on purpose, and reports are recorded meanwhile.
    return passwords.fits(password, known)


def _begun(request: Request, name: str) -> Response:
    desk = desk_of(request)
    before, _ = token_of(request)
    if before:
        desk.sessions.end(before)
    answer = RedirectResponse("/situation", status_code=303)
    answer.set_cookie(
        COOKIE, desk.sessions.begin(name, desk.now_s()), max_age=SESSION_RULES.longest_s, httponly=True,
        samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


async def recover(request: Request) -> Response:
    """Set a new password with a recovery code; show the new codes once."""
    desk, form = desk_of(request), await form_of(request)
    name = form.text("name")
    if not _may_try(request, desk, name):
        return _page(request, problem=WRONG)
    try:
        codes = await run_in_threadpool(_recovered, desk, form)
    except StoreError as fault:
        desk.refusals.note(None, "POST", "/sign-in/recover")
        return _page(request, problem=str(fault))
    desk.sessions.end_all(name)
    return page(request, "codes", codes=codes)


def _recovered(desk: Desk, form: Form) -> tuple[str, ...]:
    store = desk.journal.store
    with store.lock:
        return people.recovered(
            store, form.text("name"), form.text("code"), form.fields.get("password", ""),
            desk.folding.entries.few(),
        )  # fmt: skip


async def sign_out(request: Request) -> Response:
    """End the session."""
    token, _ = token_of(request)
    desk_of(request).sessions.end(token)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer

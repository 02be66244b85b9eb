"""The screen of settings: language, zones, what plans leave out, people and roles, what was refused."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.domain.access import Person, Role
from safepassage.domain.errors import FormatError, RefusedError, StoreError
from safepassage.store import people
from safepassage.store.exchange import Taken
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.folding import SETTING_SET
from safepassage.web.doors import Way, token_of
from safepassage.web.pages import LANGUAGE, asking, desk_of, page
from safepassage.web.reader_view import CHOICES, VIEW, kept, view_of
from safepassage.web.rights import ANYBODY, EXCHANGES, MANAGES, PLANS, SIGNED_IN, can
from safepassage.web.screens import bundles
from safepassage.web.screens.forms import Form, FormError, form_of
from safepassage.web.screens.situation import record_all
from safepassage.web.words import LANGUAGES

YEAR_S = 365 * 86_400
POLICY = {
    "replan": ("at once", "by hand"), "layer": ("as in the case", "low", "central", "high"), "without": (),
}  # fmt: skip
"""Settings of the office: name to the values there are, () for free text."""


async def show(request: Request) -> Response:
    """Show the settings."""
    return _page(request)


def _page(
    request: Request,
    *,
    problem: str = "",
    codes: tuple[str, ...] = (),
    name: str = "",
    status: int = 200,
    taken: tuple[Taken, ...] = (),
) -> Response:
    desk, person = desk_of(request), asking(request)
    manages = can(person, MANAGES, desk.org)
    now_s = desk.clock.seconds(desk.now_iso())
    everybody = sorted(desk.office().persons.values(), key=lambda p: (p.org, p.id)) if manages else []
    return page(
        request, "settings", status=status, problem=problem, codes=codes, named=name,
        taken=taken, everybody=everybody,
        roles=list(Role), settings=desk.office().settings, policy=POLICY, zones=desk.clock.zones,
        zone_times=[desk.clock.moment(now_s, zone, dated=True) for zone in desk.clock.zones],
        utc_time=desk.clock.utc_text(now_s),
        refusals=list(desk.refusals.last)[-20:] if manages else [], log=desk.journal.store.log,
        org=desk.org, open_roles=desk.open_roles, choices=CHOICES, chosen=view_of(request),
    )  # fmt: skip


async def language(request: Request) -> Response:
    """Keep the language in the reader's browser, and go back to the page."""
    form = await form_of(request)
    answer = RedirectResponse(_own_path(form.text("back", "/settings")), status_code=303)
    if form.text("language") in LANGUAGES:
        answer.set_cookie(
            LANGUAGE, form.text("language"), max_age=YEAR_S, samesite="strict", httponly=True,
            secure=request.url.scheme == "https",
        )  # fmt: skip
    return answer


async def view(request: Request) -> Response:
    """Keep in the reader's browser how pages are to look."""
    form = await form_of(request)
    answer = RedirectResponse("/settings#view", status_code=303)
    answer.set_cookie(
        VIEW, kept(form.fields), max_age=YEAR_S, samesite="strict", httponly=True,
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


def _own_path(path: str) -> str:
    """Return a path of these pages, whatever a form says."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if plain else "/settings"


async def policy(request: Request) -> Response:
    """Record a setting of the office."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    name, value = form.text("name"), form.text("value")
    allowed = POLICY.get(name)
    if allowed is None or (allowed and value not in allowed):
        return _page(request, problem="There is no such setting.", status=422)
    try:
        draft = desk.draft(
            person, kind=SETTING_SET, body={"name": name, "value": value}, id=form.text("id"),
            why=form.text("why", "changed in the settings"), about=f"setting:{name}",
        )  # fmt: skip
        await record_all(request, [draft])
    except RefusedError as fault:
        return _page(request, problem=str(fault), status=422)
    return RedirectResponse("/settings", status_code=303)


async def send_bundle(request: Request) -> Response:
    """Hand out a sealed bundle for another office."""
    try:
        return await bundles.sent(desk_of(request), await form_of(request, files=1))
    except (FormError, StoreError) as fault:
        return _page(request, problem=str(fault), status=422)


async def take_bundle(request: Request) -> Response:
    """Take what another office sent, and say for each log what became of it."""
    desk, person, form = desk_of(request), asking(request), await form_of(request, files=2)
    try:
        found = await run_in_threadpool(bundles.taken, desk, person, form)
    except (FormError, FormatError, StoreError) as fault:
        return _page(request, problem=str(fault), status=422)
    desk.order_soon()
    return _page(request, taken=found)


async def password(request: Request) -> Response:
    """Set the reader's own password, which takes the old one; other sessions end, codes are new."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    if not desk.attempts.allowed(f"name:{person.id}", desk.now_s()):
        return _page(request, problem="Too many attempts: wait a minute.", status=403)
    try:
        codes = await run_in_threadpool(_password_set, desk, person, form)
    except (FormError, StoreError) as fault:
        return _page(request, problem=f"{str(fault).rstrip('.')}.", status=422)
    desk.attempts.forget(f"name:{person.id}")
    token, _ = token_of(request)
    desk.sessions.end_all(person.id, but=token)
    return _page(request, codes=codes, name=person.id)


def _password_set(desk: Desk, person: Person, form: Form) -> tuple[str, ...]:
    store = desk.journal.store
    with store.lock:
        among = desk.folding.entries.few()
        if people.signed_in(store, person.id, form.fields.get("old", ""), among) is None:
            raise FormError("old", "The old password is wrong")
        _, codes = people.set_person(
            store, person, by=person.id, why="changed the own password",
            password=form.needed("password", "Give a new password"), among=among,
        )  # fmt: skip
    return codes


async def set_person(request: Request) -> Response:
    """Give somebody a role, a new password or an end; new recovery codes are shown once."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    try:
        codes = await run_in_threadpool(_person_set, desk, person, form)
    except (FormError, StoreError, ValueError) as fault:
        return _page(request, problem=f"{str(fault).rstrip('.')}.", status=422)
    desk.sessions.end_all(form.text("person"))
    return _page(request, codes=codes, name=form.text("person"))


def _person_set(desk: Desk, by: Person, form: Form) -> tuple[str, ...]:
    role = people.role_named(form.text("role"))
    found = Person(id=form.text("person"), org=form.text("org", desk.org), role=role,
                   active=form.text("active", "yes") == "yes")  # fmt: skip
    if found.id == by.id:
        raise FormError("person", "Nobody changes their own role: let another approver do it.")
    store = desk.journal.store
    with store.lock:
        _, codes = people.set_person(
            store, found, by=by.id, why=form.text("why", "set in the settings"),
            password=form.fields.get("password", ""), among=desk.folding.entries.few(),
        )  # fmt: skip
    return codes


WAYS = [
    Way("/settings", show, SIGNED_IN),
    Way("/settings/language", language, ANYBODY, methods=("POST",)),
    Way("/settings/view", view, SIGNED_IN, methods=("POST",)),
    Way("/settings/policy", policy, PLANS, methods=("POST",)),
    Way("/settings/bundle/send", send_bundle, EXCHANGES, methods=("POST",)),
    Way("/settings/bundle/take", take_bundle, EXCHANGES, methods=("POST",)),
    Way("/settings/password", password, SIGNED_IN, methods=("POST",)),
    Way("/settings/people", set_person, MANAGES, methods=("POST",)),
]

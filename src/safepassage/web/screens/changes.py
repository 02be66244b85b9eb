"""The stream of everything recorded, newest first, with its effect; taking back; what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.domain.access import Person
from safepassage.domain.errors import StoreError
from safepassage.domain.log.classes import shown
from safepassage.domain.log.entry import Entry
from safepassage.domain.release import SensitivityClass
from safepassage.web.desk.desk import Desk
from safepassage.web.doors import Way
from safepassage.web.pages import asking, desk_of, page
from safepassage.web.rights import READS_ALL, READS_PARTNERS, UNDOES, reach
from safepassage.web.screens.forms import form_of
from safepassage.web.screens.state_diff import differences
from safepassage.web.words.changes_said import said

SHOWN, DIFFERENCES = 100, 500
KINDS = {
    "log.opened": "The log was opened",
    "log.undone": "Taken back",
    "claims.entry": "Claims",
    "situation.event": "Situation",
    "plan.accepted": "Plan accepted",
    "audit.made": "Plan audit recorded",
    "audit.overridden": "Responsibility taken",
    "setting.set": "Setting",
    "access.person_set": "Person and role",
    "export.made": "Release made",
    "key.deleted": "Key deleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One entry: when, who, what in words, why; whether it was taken back and can be."""

    seq: int
    id: str
    at: str
    by: str
    org: str
    kind: str
    text: str
    why: str
    gone: bool
    undoable: bool


def rows(desk: Desk, person: Person, limit: SensitivityClass, *, before: int, about: str) -> list[ChangeRow]:
    """Return what a reader up to a class sees of the entries before a place in the log, newest first."""
    gone = desk.folding.gone()
    found: list[ChangeRow] = []
    for entry in desk.folding.entries.before(before - 1):
        if about and entry.kind != about:
            continue
        undoable = desk.may_take_back(person, entry)
        visible = entry.sensitivity <= limit or undoable
        body = dict(entry.body) if visible else shown(entry.kind, entry.body, limit)
        if not visible and not body:
            continue
        found.append(
            ChangeRow(
                seq=entry.seq,
                id=entry.id,
                at=_at(entry),
                by=entry.by if visible else "",
                org=entry.org,
                kind=KINDS.get(entry.kind, entry.kind.replace("_", " ").replace(".", " ").capitalize()),
                text=said(entry.kind, body) if visible else "",
                why=entry.why if visible else "",
                gone=entry.id in gone,
                undoable=undoable,
            )
        )
        if len(found) >= SHOWN:
            break
    return found


def _at(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.at_ms / 1000, UTC).strftime("%d %b %H:%M:%S UTC")


async def show(request: Request) -> Response:
    """Show the stream."""
    return await _page(request)


async def _page(request: Request, *, problem: str = "", status: int = 200) -> Response:
    desk, person = desk_of(request), asking(request)
    size = desk.folding.size
    said_before = request.query_params.get("before", "")
    before = int(said_before) if said_before.isascii() and said_before.isdigit() else size + 1
    about = request.query_params.get("kind", "")
    about = about if about in KINDS else ""
    found = await run_in_threadpool(
        rows, desk, person, reach(person, desk.org), before=min(before, size + 1), about=about
    )
    return page(
        request, "changes", status=status, problem=problem, rows=found, kinds=KINDS, about=about, size=size,
        more=found[-1].seq if len(found) == SHOWN else 0,
    )  # fmt: skip


async def undo(request: Request) -> Response:
    """Record that an entry is taken back; both stay."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    why = form.text("why", "entered by mistake")
    try:
        await run_in_threadpool(desk.take_back, person, form.text("entry"), why)
    except StoreError as fault:
        return await _page(request, problem=str(fault), status=422)
    desk.order_soon()
    return RedirectResponse("/changes", status_code=303)


async def diff(request: Request) -> Response:
    """Show what differs between two states of the log."""
    desk, size = desk_of(request), desk_of(request).folding.size
    places = sorted(_place(request.query_params.get(name, ""), size) for name in ("a", "b"))
    before, after = [await run_in_threadpool(desk.folding.at, place) for place in places]
    found = differences(before, after)
    more = max(0, len(found) - DIFFERENCES)
    return page(request, "diff", places=places, size=size, rows=found[:DIFFERENCES], more=more)


def _place(text: str, size: int) -> int:
    """Return a place in the log: what was typed, the end for anything else."""
    known = text.isascii() and text.isdigit() and len(text) < 12  # noqa: PLR2004 - no log is longer
    return min(int(text), size) if known else size


WAYS = [
    Way("/changes/diff", diff, READS_ALL),
    Way("/changes", show, READS_PARTNERS),
    Way("/changes/undo", undo, UNDOES, methods=("POST",)),
]

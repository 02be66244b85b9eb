"""The screen of what is known: claims side by side, roads, areas, the queue; and forms to add to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.domain.case import AreaKind, PlaceKind, RoadStatusWord
from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import Entry, Standing
from safepassage.domain.claims.words import Decision, Modality, Polarity, Predicate
from safepassage.domain.errors import FormatError, RefusedError
from safepassage.domain.log.entry import Draft
from safepassage.domain.problem import Problem
from safepassage.domain.release import Audience, Release
from safepassage.domain.situation import Event
from safepassage.formats.facts.claims_facts import ClaimsFacts, age_in_words, local_time
from safepassage.formats.facts.evidence_facts import grade_in_words
from safepassage.formats.geometry.geometry_in import GEOMETRY_SUFFIXES, read_features
from safepassage.store import claims_events
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.folding import SITUATION_EVENT, event_body
from safepassage.web.pages import asking, desk_of, page
from safepassage.web.rights import READS_ALL, can
from safepassage.web.screens import reporting, uploads
from safepassage.web.screens.forms import Form, FormError, form_of

SHOWN = 40
GRADES = tuple(f"{letter}{number}" for letter in "ABCDEF" for number in range(1, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRow:
    """One reported status of a road or crossing."""

    id: str
    roads: str
    status: str
    source: str
    grade: str
    age: str
    note: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One claim that waits for a person, with what may be changed in it."""

    id: str
    words: str
    predicate: str
    polarity: str
    modality: str
    low: str
    high: str
    unit: str
    chain: str
    grade: str
    place: str
    age: str
    forces: bool


async def show(request: Request) -> Response:
    """Show the screen."""
    return await _page(request)


async def _page(
    request: Request, *, problem: FormError | None = None, form: Form | None = None, opened: str = ""
) -> Response:
    desk, person = desk_of(request), asking(request)
    facts = await run_in_threadpool(facts_of, desk, all_of_it=can(person, READS_ALL, desk.org))
    return page(
        request, "situation", status=422 if problem else 200, problem=problem,
        typed={**_BLANK, **(form.fields if form else {})}, opened=opened,
        done=request.query_params.get("done", ""), vocabulary=_VOCABULARY, **facts,
    )  # fmt: skip


_BLANK = dict.fromkeys(
    (*reporting.REPORT_FIELDS, "roads", "status", "from", "why", "kind", "probability"), ""
)
_VOCABULARY = {
    "events": list(Predicate), "statuses": list(RoadStatusWord), "grades": GRADES, "areas": list(AreaKind),
    "polarities": list(Polarity), "modalities": list(Modality),
    "decisions": [d for d in Decision if d is not Decision.PROPOSED],
}  # fmt: skip


def facts_of(desk: Desk, *, all_of_it: bool) -> dict[str, Any]:
    """Return what the screen shows; without `all_of_it` what partners may know: roads and crossings."""
    case = desk.current()
    shown: dict[str, Any] = {
        "roads": road_rows(desk, desk.now_iso()), "crossings": _crossings(desk),
        "road_names": road_names(desk), "place_names": [p.name or p.id for p in case.places],
        "said": None, "queue": (), "waiting": 0, "areas": (),
    }  # fmt: skip
    if not all_of_it:
        return shown
    document = desk.claims() | {"as_of": desk.now_iso()}
    said = Release(
        audience=Audience.PLANNING_TEAM, inputs={}, plan={}, certificate={}, verification={},
        generated_from={}, claims={name: document[name] for name in document if name != "ledger"},
    )  # fmt: skip
    waiting = [s for s in desk.state().ledger.claims.values() if is_waiting(s)]
    newest = sorted(waiting, key=lambda s: (s.claim.uttered, s.claim.id), reverse=True)
    return shown | {
        "said": ClaimsFacts(said, desk.clock), "queue": [queue_row(desk, s) for s in newest[:SHOWN]],
        "waiting": len(waiting), "areas": case.areas,
    }  # fmt: skip


def is_waiting(standing: Standing) -> bool:
    """Tell whether nobody has decided about a claim."""
    return standing.decision is Decision.PROPOSED and standing.counts


def road_rows(desk: Desk, now: str) -> list[RoadRow]:
    """Return what is reported of roads and crossings, the newest first."""
    rows = sorted(desk.current().road_statuses, key=lambda row: (row.provenance.as_of, row.id), reverse=True)
    return [
        RoadRow(
            id=row.id, roads="; ".join(map(str, row.roads)), status=str(row.status),
            source=row.provenance.source,
            grade=grade_in_words(f"{row.provenance.source_grade}{row.provenance.information_grade}"),
            age=age_in_words(local_time(row.provenance.as_of, desk.clock), local_time(now, desk.clock)),
            note=row.provenance.note,
            until="" if row.interval is None else desk.clock.named(row.interval.from_s),
        )
        for row in rows
    ]  # fmt: skip


def _crossings(desk: Desk) -> list[tuple[str, str, str]]:
    """Return id, name and reported status of each crossing."""
    kinds = {PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT}
    places = desk.current().places
    return [(p.id, p.name or p.id, str(p.status)) for p in places if p.kind in kinds]


def road_names(desk: Desk) -> list[str]:
    """Return how roads of the case can be named: crossings, numbers, names, then bridges."""
    network, arcs = desk.given.network, desk.given.network.arcs
    refs = sorted({network.names[i] for i in arcs.ref.tolist() if i})
    names = sorted({network.names[i] for i in arcs.name.tolist() if i})
    bridges = sorted({str(arcs.link[i]) for i in arcs.bridge.nonzero()[0].tolist()})
    crossings = [name for _, name, _ in _crossings(desk)]
    return [
        *crossings, *(f"ref:{r}" for r in refs), *(f"link:{b}" for b in bridges),
        *(f"name:{n}" for n in names),
    ][:2000]  # fmt: skip


def queue_row(desk: Desk, standing: Standing) -> QueueRow:
    """Return a claim that waits, as the queue shows it."""
    claim, report = standing.claim, desk.state().ledger.reports[standing.claim.report]
    first = claim.quantities[0] if claim.quantities else None
    places = claim.places if isinstance(claim, CivilianClaim) else ()
    return QueueRow(
        id=claim.id, words=claim.span.text, predicate=str(claim.predicate), polarity=str(claim.polarity),
        modality=str(claim.modality), low=_bound(first.low if first else None),
        high=_bound(first.high if first else None), unit=first.unit if first else "",
        chain=" ← ".join(link.name for link in reversed(claim.chain.links)),
        grade=grade_in_words(f"{claim.source_grade.letter}{claim.information_grade.number}"),
        place=", ".join(p.name for p in places),
        age=age_in_words(local_time(report.published, desk.clock), local_time(desk.now_iso(), desk.clock)),
        forces=not isinstance(claim, CivilianClaim),
    )  # fmt: skip


def _bound(value: float | None) -> str:
    return "" if value is None else format(value, ".15g")


async def add_report(request: Request) -> Response:
    """Record a report of eight fields."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    try:
        accept = form.text("then") == "accept" and can(person, READS_ALL, desk.org)
        entries = await run_in_threadpool(reporting.report, desk, person, form, accept=accept)
        await record_claims(request, entries, form.text("why", "reported to the desk"))
    except FormError as fault:
        return await _page(request, problem=fault, form=form, opened="report")
    except RefusedError as fault:
        return await _page(request, problem=FormError("words", str(fault)), form=form, opened="report")
    return _back("recorded", "claims" if can(person, READS_ALL, desk.org) else "report")


async def close_road(request: Request) -> Response:
    """Record that a road or crossing was reported in a status."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    try:
        event = await run_in_threadpool(reporting.closure, desk, person, form, id=form.text("id"))
        await record_events(request, [event], form.text("why", "a road status was reported"), form.text("id"))
    except FormError as fault:
        return await _page(request, problem=fault, form=form, opened="close")
    except RefusedError as fault:
        return await _page(request, problem=FormError("roads", str(fault)), form=form, opened="close")
    return _back("recorded", "roads")


async def decide(request: Request) -> Response:
    """Record what a person decided about a claim."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    standing = desk.state().ledger.claims.get(form.text("claim"))
    try:
        if standing is None:
            raise FormError("claim", "That claim is not in the ledger.")
        entries = reporting.decision(desk, person, standing, form)
        await record_claims(request, entries, form.text("why", "decided in the queue"))
    except FormError as fault:
        return await _page(request, problem=fault, form=form)
    except RefusedError as fault:
        return await _page(request, problem=FormError("decision", str(fault)), form=form)
    return _back("decided", "queue")


async def upload(request: Request) -> Response:
    """Take a file in: areas of a map file, rows of a table, or claims read from a text, as proposals."""
    desk, person, form = desk_of(request), asking(request), await form_of(request, files=8)
    try:
        if not form.files:
            raise FormError("file", "Choose a file.")
        for name, data in form.files:
            if name.lower().endswith(GEOMETRY_SUFFIXES):
                events = await run_in_threadpool(_areas, desk, request, form, name, data)
                await record_events(request, events, f"handed in as {name}", form.text("id"))
            else:
                entries = await run_in_threadpool(uploads.entries_of, desk, person, name, data)
                await record_claims(request, entries, f"handed in as {name}")
    except FormError as fault:
        return await _page(request, problem=fault, form=form, opened="files")
    except (FormatError, RefusedError) as fault:
        return await _page(request, problem=FormError("file", str(fault)), form=form, opened="files")
    return _back("recorded", "queue")


def _areas(desk: Desk, request: Request, form: Form, name: str, data: bytes) -> list[Event]:
    found = read_features(data, name)
    if isinstance(found, Problem):
        raise FormError("file", str(found))
    faults = [problem for feature in found for problem in feature.problems]
    if faults:
        raise FormError("file", "; ".join(map(str, faults[:3])))
    return reporting.areas(desk, asking(request), found, form, name)


async def record_claims(request: Request, entries: list[Entry], why: str) -> None:
    """Record entries of the ledger, then have the plan made anew.

    Raises
    ------
    RefusedError, DeniedError, StorageError
        As `Desk.record`.
    """
    desk = desk_of(request)
    await record_all(request, claims_events.drafts(entries, org=desk.org, why=why))


async def record_events(request: Request, events: list[Event], why: str, id: str) -> None:  # noqa: A002
    """Record changes of the situation, then have the plan made anew.

    Raises
    ------
    RefusedError, DeniedError, StorageError
        As `Desk.record`.
    """
    desk, person = desk_of(request), asking(request)
    drafts = [
        desk.draft(
            person, kind=SITUATION_EVENT, body=event_body(event), why=why, id=f"{id}-{number}",
            about=about(event),
        )
        for number, event in enumerate(events, start=1)
    ]  # fmt: skip
    await record_all(request, drafts)


async def record_all(request: Request, drafts: list[Draft]) -> None:
    """Record drafts together and wait for all; then have the plan made anew if that is wanted."""
    desk = desk_of(request)
    await desk.record_each(asking(request), drafts)
    desk.order_soon()


def about(event: Event) -> str:
    """Return what a change of the situation is about, as the log names it."""
    change = event.change
    named = getattr(change, "status", None) or getattr(change, "area", None)
    return f"situation:{getattr(named, 'id', type(change).__name__)}"[:200]


def _back(done: str, part: str) -> Response:
    return RedirectResponse(f"/situation?done={done}#{part}", status_code=303)

"""Each address of the API: who may ask, what comes in, what goes out, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from safepassage.domain.access import Person
from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.classes import shown
from safepassage.formats.log.log_chain import row_for
from safepassage.formats.log.log_record import thawed
from safepassage.store import claims_events
from safepassage.web.api import values as v
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.folding import SITUATION_EVENT, event_body
from safepassage.web.doors import Way, token_of
from safepassage.web.pages import asking, desk_of
from safepassage.web.rights import (
    ANYBODY,
    APPROVES,
    PLANS,
    READS_ALL,
    READS_PARTIES,
    READS_PARTNERS,
    RECORDS_ALL,
    SIGNED_IN,
    UNDOES,
    Door,
    reach,
)
from safepassage.web.screens import movements, plan_screen, reporting, sign_in, situation
from safepassage.web.screens.forms import Form, FormError

MOST_ROWS = 500
Handler = Callable[[Request, Any], Awaitable[Any]]


class NotThereError(Exception):
    """What was asked for is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address: method, path, door, the value in the body if any, the value in the answer, what it does.

    `query` are whole numbers in the query by name, with what they mean.
    """

    method: str
    path: str
    door: Door
    answer: Any
    handler: Handler
    body: Any = None
    status: int = 200
    query: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """What it does, in one sentence."""
        return str(self.handler.__doc__).strip().splitlines()[0]

    def way(self) -> Way:
        """Return the address as the server has it."""

        async def answered(request: Request) -> Response:
            try:
                given = (
                    None if self.body is None else msgspec.json.decode(await request.body(), type=self.body)
                )
                found = await self.handler(request, given)
            except (msgspec.DecodeError, UnicodeDecodeError) as fault:
                return said(v.Fault(error=f"{fault}."), 422)
            except FormError as fault:
                return said(v.Fault(error=str(fault), field=fault.name), 422)
            except NotThereError as fault:
                return said(v.Fault(error=str(fault)), 404)
            except RefusedError as fault:
                return said(v.Fault(error=str(fault)), 409)
            return said(found, self.status)

        return Way(self.path, answered, self.door, methods=(self.method,))


def said(value: Any, status: int = 200) -> Response:
    """Return a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def number_of(request: Request, name: str, default: int, most: int) -> int:
    """Return a whole number of the query.

    Raises
    ------
    FormError
        When it is none, or out of range.
    """
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) <= most):  # noqa: PLR2004
        raise FormError(name, f"{name} is a whole number up to {most}.")
    return int(text)


def receipt_of(desk: Desk, known: str) -> v.Receipt | None:
    """Return where an entry stands that was recorded under an id, None where none was."""
    entry = desk.folding.entry(known)
    if entry is None:
        return None
    return v.Receipt(id=entry.id, seq=entry.seq, hash=row_for(entry).hash, repeated=True)


async def begin(request: Request, given: v.SignIn) -> v.Session:
    """Begin a session and return its token, for the header Authorization: Bearer."""
    desk = desk_of(request)
    name = await sign_in.checked_name(request, given.name, given.password, given.role)
    person = desk.office().persons.get(name)
    if not name or person is None:
        desk.refusals.note(None, "POST", "/api/session")
        raise FormError("name", sign_in.WRONG)
    token = desk.sessions.begin(name, desk.now_s())
    return v.Session(person=person.id, role=str(person.role), org=person.org, token=token)


async def who(request: Request, _: None) -> v.Session:
    """Say who is signed in."""
    person = asking(request)
    return v.Session(person=person.id, role=str(person.role), org=person.org)


async def end(request: Request, _: None) -> v.Session:
    """End the session."""
    token, _by_browser = token_of(request)
    desk_of(request).sessions.end(token)
    return await who(request, None)


async def case_facts(request: Request, _: None) -> v.CaseFacts:
    """Say which case this is and how long its log is."""
    desk = desk_of(request)
    case = desk.given.case
    return v.CaseFacts(
        id=case.id, title=case.title, exercise=case.exercise, as_of=case.as_of, now=desk.now_iso(),
        seq=desk.folding.size, directions=tuple(d.name for d in case.directions),
    )  # fmt: skip


async def roads(request: Request, _: None) -> list[v.RoadFacts]:
    """List reported statuses of roads and crossings, the newest first."""
    desk = desk_of(request)
    rows = (await run_in_threadpool(situation.road_rows, desk, desk.now_iso()))[:MOST_ROWS]
    return [
        v.RoadFacts(roads=r.roads, status=r.status, source=r.source, grade=r.grade, age=r.age) for r in rows
    ]


async def close_road(request: Request, given: v.Closure) -> v.Receipt:
    """Record that a road or crossing was reported in a status."""
    desk, person = desk_of(request), asking(request)
    known = receipt_of(desk, f"{given.id}-1")
    if known is not None:
        return known
    fields = msgspec.structs.asdict(given)
    form = Form(fields={**fields, "from": fields.pop("since")})
    event = await run_in_threadpool(reporting.closure, desk, person, form, id=given.id)
    draft = desk.draft(
        person, kind=SITUATION_EVENT, body=event_body(event), why=given.why or "a road status was reported",
        id=f"{given.id}-1", about=situation.about(event),
    )  # fmt: skip
    receipt = await desk.record(person, draft)
    desk.order_soon()
    return v.Receipt(id=receipt.id, seq=receipt.seq, hash=receipt.hash, repeated=receipt.repeated)


async def add_report(request: Request, given: v.Report) -> v.Receipt:
    """Record a report as a proposal; nothing in it weighs before a person accepts it."""
    desk, person = desk_of(request), asking(request)
    known = receipt_of(desk, f"{given.id}-1")
    if known is not None:
        return known
    reading = reporting.read_report(desk, msgspec.structs.asdict(given))
    entries = reporting.filed(reading, at=desk.now_iso(), by=person.id)
    drafts = claims_events.drafts(entries, org=desk.org, why=given.why or "reported")
    named = [replace(draft, id=f"{given.id}-{number}") for number, draft in enumerate(drafts, start=1)]
    receipts = await desk.record_each(person, named)
    desk.order_soon()
    first = receipts[0]
    claims = tuple(proposed.claim.id for proposed in reading.claims)
    return v.Receipt(id=first.id, seq=first.seq, hash=first.hash, claims=claims)


async def claims(request: Request, _: None) -> list[v.ClaimFacts]:
    """List the claims of the ledger, in the order they came."""
    desk = desk_of(request)
    after = number_of(request, "after", 0, 10**9)
    ledger = (await run_in_threadpool(desk.state)).ledger
    rows = list(ledger.claims.values())[after : after + MOST_ROWS]
    return [
        v.ClaimFacts(
            id=s.claim.id, words=s.claim.span.text, predicate=str(s.claim.predicate),
            chain=tuple(link.name for link in s.claim.chain.links), decision=str(s.decision), counts=s.counts,
            grade=f"{s.claim.source_grade.letter}{s.claim.information_grade.number}",
        )
        for s in rows
    ]  # fmt: skip


async def decide(request: Request, given: v.Decision) -> v.Receipt:
    """Record what a person decides about a claim."""
    desk, person = desk_of(request), asking(request)
    standing = desk.state().ledger.claims.get(request.path_params["claim"])
    if standing is None:
        raise NotThereError("There is no such claim.")
    form = Form(fields=msgspec.structs.asdict(given))
    entries = reporting.decision(desk, person, standing, form)
    drafts = claims_events.drafts(entries, org=desk.org, why=given.why or "decided")
    receipts = await desk.record_each(person, drafts)
    desk.order_soon()
    last = receipts[-1]
    return v.Receipt(id=last.id, seq=last.seq, hash=last.hash, claims=(standing.claim.id,))


async def plan(request: Request, _: None) -> v.PlanFacts:
    """Say what the plan that was made last brings."""
    desk = desk_of(request)
    made, state = desk.planner.latest, desk.state()
    if made is None:
        raise NotThereError("There is no plan yet.")
    accepted = state.accepted
    return v.PlanFacts(
        sha256=made.sha256, stage=made.stage, verified=bool(made.document("verification")["verified"]),
        stale=made.revision != state.revision,
        accepted=bool(accepted and accepted.body.get("plan_sha256") == made.sha256),
        directions=tuple(
            v.DirectionFacts(**{name: row[name] for name in v.DirectionFacts.__struct_fields__})
            for row in made.document("plan")["directions"]
        ),
    )  # fmt: skip


async def planner(request: Request, _: None) -> v.PlannerFacts:
    """Say how far the planner is."""
    desk = desk_of(request)
    return v.PlannerFacts(phase=str(desk.planner.status["phase"]), busy=desk.planner.busy)


async def start_planner(request: Request, _: v.Nothing) -> v.PlannerFacts:
    """Plan what stands now."""
    await run_in_threadpool(desk_of(request).order, again=True)
    return await planner(request, None)


async def stop_planner(request: Request, _: None) -> v.PlannerFacts:
    """Give up what is being planned."""
    desk_of(request).planner.stop()
    return await planner(request, None)


async def accept(request: Request, given: v.Acceptance) -> v.Receipt:
    """Record that a plan is the one that counts."""
    desk, person = desk_of(request), asking(request)
    made = desk.planner.plan(given.plan_sha256)
    if made is None:
        raise NotThereError("That plan is not here: plan again.")
    drafts = plan_screen.acceptance(desk, person, made, why=given.why, id=given.id, although=given.although)
    receipt = (await desk.record_each(person, drafts))[-1]
    return v.Receipt(id=receipt.id, seq=receipt.seq, hash=receipt.hash, repeated=receipt.repeated)


async def log(request: Request, _: None) -> list[v.LogEntry]:
    """List entries of the log after a place, each as far as the reader may know it."""
    desk, person = desk_of(request), asking(request)
    after = number_of(request, "after", 0, 10**12)
    most = min(number_of(request, "limit", 100, MOST_ROWS), MOST_ROWS)
    return [entry_facts(desk, person, entry) for entry in desk.folding.entries[after : after + most]]


def entry_facts(desk: Desk, person: Person, entry: Any) -> v.LogEntry:
    """Return an entry with the fields that a person may read."""
    limit = reach(person, desk.org)
    if entry.sensitivity <= limit:
        body = dict(thawed(entry.body))
        return v.LogEntry(
            seq=entry.seq, id=entry.id, at_ms=entry.at_ms, org=entry.org, kind=entry.kind, by=entry.by,
            why=entry.why, body=body,
        )  # fmt: skip
    return v.LogEntry(
        seq=entry.seq,
        id="",
        at_ms=0,
        org=entry.org,
        kind="",
        body=dict(thawed(shown(entry.kind, entry.body, limit))),
    )


async def undo(request: Request, given: v.Undo) -> v.Receipt:
    """Record that an entry is taken back; both stay."""
    desk, person = desk_of(request), asking(request)
    try:
        receipt = await run_in_threadpool(desk.take_back, person, given.entry, given.why)
    except StoreError as fault:
        raise NotThereError(str(fault)) from None
    desk.order_soon()
    return v.Receipt(id=receipt.id, seq=receipt.seq, hash=receipt.hash, repeated=receipt.repeated)


async def list_movements(request: Request, _: None) -> list[v.MovementFacts]:
    """List the movements with where their recipients stand."""
    desk = desk_of(request)
    found = await run_in_threadpool(movements.states, desk)
    views = [movements.view(desk, found[name]) for name in sorted(found)]
    return [
        v.MovementFacts(
            id=m["id"], title=m["title"], stage=m["stage"], revision=m["revision"],
            replies={r["id"]: r["reply"] for r in m["recipients"]},
            overdue=tuple(a["text"] for a in m["alarms"]),
        )
        for m in views
    ]  # fmt: skip


AFTER = ("after", "how many to pass over")
ENDPOINTS = (
    Endpoint(
        method="POST", path="/api/session", door=ANYBODY, body=v.SignIn, answer=v.Session, handler=begin,
    ),
    Endpoint(method="GET", path="/api/session", door=SIGNED_IN, answer=v.Session, handler=who),
    Endpoint(method="DELETE", path="/api/session", door=SIGNED_IN, answer=v.Session, handler=end),
    Endpoint(method="GET", path="/api/case", door=READS_PARTNERS, answer=v.CaseFacts, handler=case_facts),
    Endpoint(method="GET", path="/api/roads", door=READS_PARTNERS, answer=list[v.RoadFacts], handler=roads),
    Endpoint(
        method="POST", path="/api/roads", door=RECORDS_ALL, body=v.Closure, answer=v.Receipt, status=201,
        handler=close_road,
    ),
    Endpoint(
        method="POST", path="/api/reports", door=RECORDS_ALL, body=v.Report, answer=v.Receipt, status=201,
        handler=add_report,
    ),
    Endpoint(
        method="GET", path="/api/claims", door=READS_ALL, answer=list[v.ClaimFacts], handler=claims,
        query=(AFTER,),
    ),
    Endpoint(
        method="POST", path="/api/claims/{claim}/decision", door=PLANS, body=v.Decision, answer=v.Receipt,
        status=201, handler=decide,
    ),
    Endpoint(method="GET", path="/api/plan", door=READS_ALL, answer=v.PlanFacts, handler=plan),
    Endpoint(
        method="POST", path="/api/plan/acceptance", door=APPROVES, body=v.Acceptance, answer=v.Receipt,
        status=201, handler=accept,
    ),
    Endpoint(method="GET", path="/api/planner", door=READS_ALL, answer=v.PlannerFacts, handler=planner),
    Endpoint(
        method="POST", path="/api/planner", door=PLANS, body=v.Nothing, answer=v.PlannerFacts, status=202,
        handler=start_planner,
    ),
    Endpoint(method="DELETE", path="/api/planner", door=PLANS, answer=v.PlannerFacts, handler=stop_planner),
    Endpoint(
        method="GET", path="/api/log", door=READS_PARTNERS, answer=list[v.LogEntry], handler=log,
        query=(AFTER, ("limit", f"how many at most, up to {MOST_ROWS}")),
    ),
    Endpoint(
        method="POST", path="/api/log/undo", door=UNDOES, body=v.Undo, answer=v.Receipt, status=201,
        handler=undo,
    ),
    Endpoint(
        method="GET", path="/api/movements", door=READS_PARTIES, answer=list[v.MovementFacts],
        handler=list_movements,
    ),
)  # fmt: skip
"""In the order in which they are described."""

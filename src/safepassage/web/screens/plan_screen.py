"""The screen of the plan: what it brings, what limits it, why; how far the planner is; stop, accept."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.casework.explained import explained_corridor
from safepassage.domain.access import Person
from safepassage.domain.errors import FormatError, RefusedError
from safepassage.domain.log.entry import Draft
from safepassage.formats.plan import inputs_json
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.folding import PLAN_ACCEPTED
from safepassage.web.desk.plan_facts import beside_view
from safepassage.web.desk.planner import MadePlan
from safepassage.web.doors import Way
from safepassage.web.pages import asking, desk_of, page
from safepassage.web.rights import APPROVES, PLANS, READS_ALL
from safepassage.web.screens import audit_sheets
from safepassage.web.screens.forms import FormError, form_of

BESIDE = 6
"""So many plans are looked for to choose from."""


async def show(request: Request) -> Response:
    """Show the plan that was made last, or the one that is named."""
    return await _page(request)


async def _page(request: Request, *, problem: str = "", status: int = 200, **more: Any) -> Response:
    desk = desk_of(request)
    made = shown_plan(desk, request.path_params.get("sha256", ""))
    facts = await run_in_threadpool(desk.facts.of, made) if made else None
    accepted = desk.office().accepted
    return page(
        request, "plan", status=status, problem=problem, facts=facts, made=made,
        beside=beside_view(made, desk.planner.beside) if made and desk.planner.beside else None,
        planner=planner_view(desk), stale=made is not None and made.revision != desk.state().revision,
        accepted=accepted, is_accepted=bool(
            accepted and made and accepted.body.get("plan_sha256") == made.sha256
        ), plans=desk.planner.plans(), **{"explained": None, "corridor": "", "via": "", **more},
    )  # fmt: skip


def shown_plan(desk: Desk, sha256: str) -> MadePlan | None:
    """Return a plan by the beginning of its hash, or the one that was made last."""
    if not sha256:
        return desk.planner.latest
    return next((made for made in desk.planner.plans() if made.sha256.startswith(sha256)), None)


def planner_view(desk: Desk) -> dict[str, Any]:
    """Return how far the planner is, with times written out."""
    status = dict(desk.planner.status)
    rows = status.get("directions")
    if isinstance(rows, dict):
        rows = [{"name": name, **row} for name, row in rows.items()]
    status["rows"] = [
        {
            "name": row["name"], "clearance": _moment(desk, row.get("clearance_s")),
            "bound": _moment(desk, row.get("bound_s")), "served": row.get("served"),
            "gap": "" if row.get("gap_ppm") is None else f"{row['gap_ppm'] / 10_000:.1f} %",
        }
        for row in rows or ()
    ]  # fmt: skip
    return {"what": "", "of_persons": 0, "persons": 0, "seconds": 0, "text": ""} | status


def _moment(desk: Desk, seconds: int | None) -> str:
    return "" if seconds is None else desk.clock.moments(seconds)


async def progress(request: Request) -> Response:
    """Show how far the planner is, as a part of the page."""
    return page(request, "plan_progress", planner=planner_view(desk_of(request)))


async def start(request: Request) -> Response:
    """Plan what stands now."""
    await run_in_threadpool(desk_of(request).order, again=True)
    return RedirectResponse("/plan", status_code=303)


async def beside(request: Request) -> Response:
    """Look for plans beside the one that stands, to choose from."""
    await run_in_threadpool(lambda: desk_of(request).order(again=True, beside=BESIDE))
    return RedirectResponse("/plan", status_code=303)


async def stop(request: Request) -> Response:
    """Give up what is being planned; the last plan handed over stays."""
    desk_of(request).planner.stop()
    return RedirectResponse("/plan", status_code=303)


async def accept(request: Request) -> Response:
    """Record that a plan is the one that counts, by whom and why."""
    desk, person, form = desk_of(request), asking(request), await form_of(request)
    made = desk.planner.plan(form.text("plan"))
    try:
        why = form.needed("why", "Say why this plan is accepted.")
    except FormError as fault:
        return await _page(request, problem=str(fault), status=422)
    if made is None:
        return await _page(request, problem="That plan is no longer here: plan again.", status=422)
    try:
        drafts = acceptance(
            desk, person, made, why=why, id=form.text("id"), although=bool(form.text("although"))
        )
    except (FormError, RefusedError) as fault:
        return await _page(request, problem=str(fault), status=422)
    try:
        await desk.record_each(person, drafts)
    except RefusedError as fault:
        return await _page(request, problem=str(fault), status=422)
    return RedirectResponse("/plan", status_code=303)


def acceptance(
    desk: Desk,
    person: Person,
    made: MadePlan,
    *,
    why: str,
    id: str,  # noqa: A002 - entries have ids
    although: bool,
) -> list[Draft]:
    """Return what records the audit of a plan, and its acceptance, last.

    Raises
    ------
    FormError
        When the audit fails rules and nobody says that it is accepted although it does.
    RefusedError
        When a field does not fit.
    """
    held = [row["id"] for row in made.document("audit")["findings"] if row["verdict"] == "FAIL"]
    if held and not although:
        names = ", ".join(held)
        raise FormError(
            "although", f"The audit fails {names}: say that you accept the plan although it does."
        )
    rows = made.document("plan")["directions"]
    body = {
        "plan_sha256": made.sha256, "stage": made.stage, "revision": made.revision, "although": held,
        "directions": [
            {"name": d["name"], "served": d["persons_served"], "clearance_s": d["clearance_s"] or 0}
            for d in rows
        ],
    }  # fmt: skip
    accepted = desk.draft(person, kind=PLAN_ACCEPTED, body=body, why=why, id=id, about="plan")
    # Sent again: the sheet may have changed since, and stands.
    sheet = [] if desk.folding.entry(id) else audit_sheets.recording(desk, person, made, why=why)
    return [*sheet, accepted]


async def explain(request: Request) -> Response:
    """Say why a corridor is what it is, beside the ways that would change it or somebody's own way."""
    desk = desk_of(request)
    made = shown_plan(desk, "")
    name = request.path_params["corridor"]
    via = ""
    if request.method == "POST":
        via = (await form_of(request)).text("via")
    if made is None:
        return await _page(request, problem="There is no plan yet.", status=404)
    corridor = next((c for c in made.document("plan")["corridors"] if c["id"] == name), None)
    if corridor is None:
        return await _page(request, problem="There is no such corridor in the plan that stands now.")
    try:
        lines = await run_in_threadpool(_explained, made, corridor, via)
    except FormatError as fault:
        return await _page(request, problem=f"{fault.what}; {fault.remedy}.", status=422)
    return await _page(request, explained=lines, corridor=name, via=via)


def _explained(made: MadePlan, corridor: dict[str, Any], via: str) -> list[str]:
    problem = inputs_json.parse(made.document("inputs"))
    lines, _ = explained_corridor(problem, made.document("plan"), corridor, via)
    return lines


WAYS = [
    Way("/plan", show, READS_ALL),
    Way("/plan/progress", progress, READS_ALL),
    Way("/plan/start", start, PLANS, methods=("POST",)),
    Way("/plan/beside", beside, PLANS, methods=("POST",)),
    Way("/plan/stop", stop, PLANS, methods=("POST",)),
    Way("/plan/accept", accept, APPROVES, methods=("POST",)),
    Way("/plan/corridors/{corridor}", explain, READS_ALL, methods=("GET", "POST")),
    Way("/plan/versions/{sha256}", show, READS_ALL),
]

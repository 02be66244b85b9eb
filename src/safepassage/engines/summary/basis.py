"""What a plan rests on, what staying needs, and what nobody looked at."""

from __future__ import annotations

from collections.abc import Iterable

from safepassage.domain.case import Case, Demand, DirectionBasis, Provenance, RoadStatusWord, Settings
from safepassage.domain.counts import people
from safepassage.domain.plan import Basis, Hold, Modification, NotAssessed, Schedule
from safepassage.domain.planning_problem import DemandRow, PlanningProblem

CONTEXT_ONLY = "context only"
"""What a report is `about` that no plan rests on, such as a statement on the strength of forces."""
GRAMS_PER_KG = 1_000
FULL_PERMILLE = 1_000
LOST_NAMED = 8


def _grade(provenance: Provenance) -> str:
    return f"{provenance.source_grade}{provenance.information_grade}"


def basis(case: Case, modifications: tuple[Modification, ...]) -> tuple[Basis, ...]:
    """Return reports, statuses, areas, arrangements and assumptions, in the order of the case."""
    rows = [
        Basis(kind="report", id=r.id, text=r.text, source=_speaker(r.outlet, r.speaker, r.cites),
              grade=f"{r.source_grade}{r.information_grade}", as_of=r.published)
        for r in case.reports if r.about.strip().casefold() != CONTEXT_ONLY
    ]  # fmt: skip
    # The overlay ends with one modification for each of these rows, in this order; ids alone may be shared.
    items = [
        *(("road_status", row.provenance) for row in case.road_statuses),
        *(("area", row.provenance) for row in case.areas),
        *(("arrangement", row.provenance) for row in case.arrangements),
    ]
    for (kind, said), change in zip(items, modifications[len(modifications) - len(items) :], strict=True):
        rows.append(
            Basis(kind=kind if change.used else f"{kind}_shown_only", id=change.id, text=change.text,
                  source=said.source, grade=_grade(said), as_of=said.as_of)
        )  # fmt: skip
    return (*rows, *_assumptions(case))


def _speaker(outlet: str, speaker: str, cites: str) -> str:
    said = f"{outlet}: {speaker}" if speaker and outlet else speaker or outlet
    return f"{said}, citing {cites}" if cites else said


def _assumptions(case: Case) -> tuple[Basis, ...]:
    s = case.settings
    unknown = _use(s.unknown_use, s.unknown_speed_permille, s.unknown_capacity_permille)
    restricted = _use(s.restricted_use, s.restricted_speed_permille, s.restricted_capacity_permille)
    windows = "used by decision of the lead" if s.use_unilateral_windows else "shown, not used"
    silence = "no reply from a party counts as no agreement; no report about a road counts as open as mapped"
    rows = [
        ("persons_per_car", f"{people(s.persons_per_car)} in each own vehicle"),
        ("unknown_roads", f"roads of unknown status: {unknown}"),
        ("restricted_roads", f"roads reported restricted: {restricted}"),
        ("unilateral_windows", f"windows announced by one side only: {windows}"),
        ("silence", silence),
    ]
    if s.road_capacity_permille != FULL_PERMILLE:
        text = f"every road at {s.road_capacity_permille / 10:g} % of its capacity"
        rows.append(("road_capacity", text))
    found = [Basis(kind="assumption", id=i, text=t, source="settings", grade="", as_of="") for i, t in rows]
    found.extend(
        Basis(kind="assumption", id=f.id, text=f"{f.count} × {f.id}: assumed, not confirmed",
              source=f.provenance.source, grade="", as_of=f.provenance.as_of)
        for f in case.fleet if f.assumption
    )  # fmt: skip
    return tuple(found)


def _use(used: bool, speed_permille: int, capacity_permille: int) -> str:  # noqa: FBT001 - a phrase of three facts
    if not used:
        return "not used"
    return f"used, at {speed_permille / 10:g} % speed and {capacity_permille / 10:g} % capacity"


def hold(demand: Iterable[Demand | DemandRow], settings: Settings) -> tuple[Hold, ...]:
    """Return what everybody in each place needs per day if nobody moves now (Sphere 2018, WFP ration)."""
    persons: dict[str, int] = {}
    for row in demand:
        persons[row.place] = persons.get(row.place, 0) + row.persons
    return tuple(
        Hold(
            place=place, persons=n, water_l_day=n * settings.water_l_person_day,
            food_kg_day=-(-n * settings.food_g_person_day // GRAMS_PER_KG),
        )
        for place, n in sorted(persons.items()) if n
    )  # fmt: skip


def not_assessed(
    case: Case, problem: PlanningProblem, schedule: Schedule, modifications: tuple[Modification, ...]
) -> tuple[NotAssessed, ...]:
    """Return what was not assessed, in plain sight; missing data is never a pass."""
    found = [
        NotAssessed(code="LAW_AND_STANDARDS", text="The plan has not been audited against law and standards.")
    ]
    found.append(_reports_on_roads(case, problem, schedule))
    found.extend(_statuses_without_road(modifications))
    found.append(
        NotAssessed(
            code="EXPLOSIVE_HAZARD",
            text="No statement that any road is free of mines or unexploded ordnance is part of this plan; "
            "ask the mine-action authority.",
        )
    )
    if not case.areas or not any(a.hazard_ppm for a in case.areas):
        found.append(
            NotAssessed(code="HAZARD", text="No reported hazard was entered: exposure is 0 by lack of data.")
        )
    if case.transit_links and any(a.hazard_ppm for a in case.areas):
        text = "Hazard along trains, boats and paths: only the places where they begin and end are known."
        found.append(NotAssessed(code="HAZARD_ON_LINKS", text=text))
    unstated = [p.name for p in problem.places if p.direction and p.capacity_persons < 0]
    if unstated:
        found.append(NotAssessed(code="SITE_CAPACITY", text=f"Capacity not stated: {', '.join(unstated)}."))
    gates = [p for p in case.places if p.kind in {"border_crossing", "checkpoint"}]
    open_ended = [p.name for p in gates if p.persons_h is None and p.vehicles_h is None]
    if open_ended:
        text = f"Throughput not stated, taken as not limiting: {', '.join(open_ended)}."
        found.append(NotAssessed(code="CROSSING_THROUGHPUT", text=text))
    if not case.settings.movement_windows:
        found.append(
            NotAssessed(
                code="NIGHT_MOVEMENT", text="Movement hours are not limited: the plan may move at night."
            )
        )
    if not any(row.basis in {DirectionBasis.TALLY, DirectionBasis.SURVEY} for row in case.demand):
        text = "No direction was counted by tally or survey; the numbers per direction prove no choice."
        found.append(NotAssessed(code="CHOICE_OF_DIRECTION", text=text))
    return tuple(found)


def _statuses_without_road(modifications: tuple[Modification, ...]) -> list[NotAssessed]:
    """Name the road statuses that had no effect: a reader would take them for planned with."""
    lost = [m.text.split(";")[0] for m in modifications if m.kind == "road_status" and not m.arcs]
    if not lost:
        return []
    more = [f"{len(lost) - LOST_NAMED} more"] if len(lost) > LOST_NAMED else []
    named = ", ".join([*lost[:LOST_NAMED], *more])
    text = f"Road statuses that fit no road of the network and have no effect: {named}."
    return [NotAssessed(code="STATUS_WITHOUT_ROAD", text=text)]


def _reports_on_roads(case: Case, problem: PlanningProblem, schedule: Schedule) -> NotAssessed:
    used = {arc for route in schedule.routes for arc in route.arcs}
    labels = problem.network.arcs.label
    roads = {str(labels[arc]) for arc in used}
    spoken = sum(s.status is not RoadStatusWord.UNSPECIFIED for s in case.road_statuses)
    text = (
        f"The routes use {len(roads)} roads; road statuses entered: {spoken}. For all other stretches: "
        "no report of an obstacle as of the time this plan states, which is not a report that they are open."
    )
    return NotAssessed(code="ROADS_WITHOUT_REPORT", text=text)

"""Statuses, arrangements, areas and opening hours as an ordered list of modifications with their effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from safepassage.domain.case import (
    Area,
    AreaKind,
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    BorderStatusWord,
    Case,
    Interval,
    Place,
    Provenance,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
)
from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Modification
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.domain.timed_network import HazardEvent
from safepassage.engines.overlay.effects import Effect, EffectBook, closed_outside
from safepassage.engines.overlay.selectors import RoadFinder

WINDOW_KINDS = frozenset({ArrangementKind.PAUSE, ArrangementKind.CORRIDOR})
AGREED = frozenset({ArrangementStatus.AGREED_IN_DETAIL, ArrangementStatus.IN_FORCE})
TENTATIVE = frozenset({ArrangementStatus.PROPOSED, ArrangementStatus.AGREED_IN_PRINCIPLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Modifications in order, and their effects gathered per arc.

    `permitted` are the directions that arrangements permit on the arcs they govern.
    """

    modifications: tuple[Modification, ...]
    effects: tuple[tuple[int, list[Effect]], ...]
    events: tuple[HazardEvent, ...]
    max_weight_kg: Mapping[int, int]
    permitted: Mapping[int, frozenset[str]]
    timetables: Mapping[int, tuple[tuple[int, int], ...]]
    problems: tuple[Problem, ...]


@dataclass(slots=True, kw_only=True)
class _Collector:
    case: Case
    network: RoadNetwork
    finder: RoadFinder
    book: EffectBook = field(default_factory=EffectBook)
    modifications: list[Modification] = field(default_factory=list)
    events: list[HazardEvent] = field(default_factory=list)
    max_weight_kg: dict[int, int] = field(default_factory=dict)
    governing: defaultdict[int, list[Arrangement]] = field(default_factory=lambda: defaultdict(list))
    permitted: dict[int, frozenset[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def horizon_s(self) -> int:
        return self.case.settings.horizon_s

    def span(self, interval: Interval | None) -> tuple[int, int]:
        """Return an interval clipped to the grid; None means all of it."""
        if interval is None:
            return 0, self.horizon_s
        return min(max(0, interval.from_s), self.horizon_s), min(max(0, interval.until_s), self.horizon_s)

    def arcs(self, selectors: Iterable[RoadSelector], sheet: str, row_id: str) -> list[int]:
        """Return the arcs of several selectors; a selector that finds nothing is reported, never ignored."""
        found: dict[int, None] = {}
        for selector in selectors:
            hits = self.finder.find(selector)
            if not hits:
                self.problems.append(_nothing_found(sheet, row_id, selector))
            found.update(dict.fromkeys(hits))
        return sorted(found)

    def note(
        self, row_id: str, kind: str, text: str, provenance: Provenance, *,
        arcs: Sequence[int], span: tuple[int, int], used: bool = True,
    ) -> None:  # fmt: skip
        """Add one modification to the ordered list."""
        source = provenance.source or (f"report {provenance.report}" if provenance.report else "")
        self.modifications.append(
            Modification(
                id=row_id,
                kind=kind,
                text=text,
                source=source,
                arcs=tuple(arcs),
                from_s=span[0],
                to_s=span[1],
                used=used,
            )
        )


def collect(
    network: RoadNetwork,
    case: Case,
    gate_at: Mapping[str, int],
    place_nodes: Mapping[str, int],
    transit_at: Mapping[str, int],
) -> Changes:
    """Gather modifications in their order: crossings, links, statuses, areas, arrangements."""
    areas = {area.id: area for area in case.areas}
    finder = RoadFinder(network=network, areas=areas, gate_arcs=gate_at, place_nodes=place_nodes)
    c = _Collector(case=case, network=network, finder=finder)
    opened = _places_opened_by_arrangement(case)
    for place in case.places:
        if place.id in gate_at:
            _crossing(c, place, gate_at[place.id], opened=place.id in opened)
    timetables = _transit(c, transit_at)
    for status in case.road_statuses:
        _status(c, status)
    for area in case.areas:
        _area(c, area)
    for arrangement in case.arrangements:
        _arrangement(c, arrangement)
    _open_in_windows(c)
    return Changes(
        modifications=tuple(c.modifications),
        effects=tuple(c.book.items()),
        events=tuple(c.events),
        max_weight_kg=c.max_weight_kg,
        permitted=c.permitted,
        timetables=timetables,
        problems=tuple(c.problems),
    )


def may_be_used(arrangement: Arrangement, case: Case) -> bool:
    """Tell whether an arrangement's windows count: agreed, accepted by the lead, or allowed by policy."""
    if arrangement.kind not in WINDOW_KINDS:
        return False
    if arrangement.status in AGREED or (
        arrangement.accepted_by_lead
        and arrangement.status in TENTATIVE | {ArrangementStatus.ANNOUNCED_UNILATERALLY}
    ):
        return True
    if arrangement.status is ArrangementStatus.ANNOUNCED_UNILATERALLY:
        return case.settings.use_unilateral_windows
    return arrangement.status in TENTATIVE and case.settings.use_proposed_windows


def _places_opened_by_arrangement(case: Case) -> set[str]:
    """Return the crossings that an arrangement names, in its places or among its roads."""
    counting = [a for a in case.arrangements if may_be_used(a, case) and a.windows]
    named = {r.value for a in counting for r in a.roads if r.kind is SelectorKind.PLACE}
    return named | {place for a in counting for place in a.places}


def _crossing(c: _Collector, place: Place, arc: int, *, opened: bool) -> None:
    whole = (0, c.horizon_s)
    if place.open_windows:
        c.book.add([arc], closed_outside(place.open_windows, c.horizon_s))
        c.note(f"hours-{place.id}", "opening_hours", f"{place.name}: opening hours", place.provenance,
               arcs=[arc], span=whole)  # fmt: skip
    effects, word = _border_effects(c, place), place.status
    if not effects:
        return
    text = f"{place.name}: {_in_words(word)}"
    if opened:
        text += "; opened by an arrangement in its windows"
    else:
        c.book.add([arc], effects)
    c.note(
        f"status-{place.id}", "border_status", text, place.provenance, arcs=[arc], span=whole, used=not opened
    )


def _border_effects(c: _Collector, place: Place) -> list[Effect]:
    s, end = c.case.settings, c.horizon_s
    stated = place.persons_h is not None or place.vehicles_h is not None
    if place.status is BorderStatusWord.CLOSED:
        return [Effect(from_s=0, until_s=end, closed=True)]
    if place.status in {BorderStatusWord.UNKNOWN, BorderStatusWord.UNCLEAR}:
        keep = s.unknown_capacity_permille
        return [Effect(from_s=0, until_s=end, closed=not s.unknown_use, capacity_permille=keep)]
    if place.status is BorderStatusWord.RESTRICTED and not stated:
        keep = s.restricted_capacity_permille
        return [Effect(from_s=0, until_s=end, closed=not s.restricted_use, capacity_permille=keep)]
    return []


def _transit(c: _Collector, transit_at: Mapping[str, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    timetables = {}
    names = {place.id: place.name for place in c.case.places}
    for link in c.case.transit_links:
        arc = transit_at.get(link.id)
        if arc is None:
            continue
        if link.windows:
            c.book.add([arc], closed_outside(link.windows, c.horizon_s))
        if link.timetable:
            places: dict[int, int] = {}
            for depart_s, persons in link.timetable:
                if 0 <= depart_s < c.horizon_s:
                    places[depart_s] = places.get(depart_s, 0) + persons
            timetables[arc] = tuple(sorted(places.items()))
        text = f"{link.mode} {names[link.from_place]} → {names[link.to_place]}"
        c.note(link.id, "transit_link", text, link.provenance, arcs=[arc], span=(0, c.horizon_s))
    return timetables


def _status(c: _Collector, status: RoadStatus) -> None:
    arcs = c.arcs(status.roads, "road_status", status.id)
    start, end = c.span(status.interval)
    used = start < end and bool(arcs)
    for arc in arcs if used else ():
        effect = _status_effect(c, status, arc, (start, end))
        if effect is not None:
            c.book.add([arc], [effect])
        if status.max_weight_kg is not None:
            c.max_weight_kg[arc] = min(status.max_weight_kg, c.max_weight_kg.get(arc, status.max_weight_kg))
    roads = ", ".join(dict.fromkeys(c.network.label(arc) for arc in arcs if arc < len(c.network.arcs)))
    text = f"{roads or ', '.join(map(str, status.roads))}: {_in_words(status.status)}"
    if status.max_weight_kg is not None:
        text += f", up to {status.max_weight_kg:,} kg" + (" (for all hours)" if status.interval else "")
    if not arcs:
        text += "; no such road in the network, no effect"
    c.note(status.id, "road_status", text, status.provenance, arcs=arcs, span=(start, end), used=used)


def _status_effect(c: _Collector, status: RoadStatus, arc: int, span: tuple[int, int]) -> Effect | None:
    s, word = c.case.settings, status.status
    travel_s = None
    if status.speed_kmh is not None and arc < len(c.network.arcs):
        travel_s = max(1, round(int(c.network.arcs.length_m[arc]) * 3.6 / max(1, status.speed_kmh)))
    capacity = None if status.capacity_veh_h is None else status.capacity_veh_h * 1_000
    speed, keep, closed = 1_000, 1_000, False
    if word is RoadStatusWord.NOT_PASSABLE:
        closed = True
    elif word is RoadStatusWord.UNKNOWN:
        speed, keep, closed = s.unknown_speed_permille, s.unknown_capacity_permille, not s.unknown_use
    elif word is RoadStatusWord.RESTRICTED:
        speed, keep, closed = (
            s.restricted_speed_permille,
            s.restricted_capacity_permille,
            not s.restricted_use,
        )
    elif word is RoadStatusWord.ALTERNATIVE_ROUTE:
        closed = not s.alternative_route_use
    if travel_s is not None:
        speed = 1_000
    if capacity is not None:
        keep = 1_000
    effect = Effect(
        from_s=span[0], until_s=span[1], closed=closed, speed_permille=speed, capacity_permille=keep,
        travel_s=travel_s, capacity_mveh_h=capacity,
    )  # fmt: skip
    return None if effect == Effect(from_s=span[0], until_s=span[1]) else effect


def _area(c: _Collector, area: Area) -> None:
    start, end = c.span(area.interval)
    ppm = {"low": area.hazard_low_ppm, "high": area.hazard_high_ppm}.get(
        c.case.settings.hazard_layer, area.hazard_ppm
    )
    no_go = area.kind is AreaKind.NO_GO
    used = start < end and (no_go or ppm > 0)
    inside = c.finder.inside(area.id) if used else {}
    if used and no_go:
        c.book.add(sorted(inside), [Effect(from_s=start, until_s=end, closed=True)])
    if area.kind is not AreaKind.NO_GO and start < end and area.hazard_high_ppm > 0:
        event = HazardEvent(
            id=area.id, low_ppm=area.hazard_low_ppm, central_ppm=area.hazard_ppm,
            high_ppm=area.hazard_high_ppm, from_s=start, until_s=end,
            shares=tuple(sorted(c.finder.inside(area.id).items())), zone=area.version_of,
        )  # fmt: skip
        if event.shares:
            c.events.append(event)
    text = f"{area.name}: {str(area.kind).replace('_', ' ')}" + (
        # The source reports the area; the figure is the planning team's, and must not read as the source's.
        f"; the planning team weighs it with {ppm / 10_000:.3g} %" if ppm else ""
    )
    c.note(area.id, str(area.kind), text, area.provenance, arcs=sorted(inside), span=(start, end), used=used)


def _arrangement(c: _Collector, arrangement: Arrangement) -> None:
    used = may_be_used(arrangement, c.case) and bool(arrangement.windows)
    arcs = c.arcs(arrangement.roads, "arrangements", arrangement.id)
    arcs = sorted({*arcs, *(c.finder.gate_arcs[p] for p in arrangement.places if p in c.finder.gate_arcs)})
    if used and not arcs and arrangement.area:
        arcs = sorted(c.finder.inside(arrangement.area))
    for arc in arcs if used else ():
        c.governing[arc].append(arrangement)
    spans = [c.span(window) for window in arrangement.windows] or [c.span(None)]
    span = (min(start for start, _ in spans), max(end for _, end in spans))
    status = str(arrangement.status).replace("_", " ")
    text = f"{arrangement.name or arrangement.id}: {str(arrangement.kind).replace('_', ' ')}, {status}"
    if arrangement.announced_by:
        text += f", announced by {arrangement.announced_by}"
    if not used and arrangement.kind in WINDOW_KINDS:
        text += "; shown, not used"
    c.note(
        arrangement.id, str(arrangement.kind), text, arrangement.provenance, arcs=arcs, span=span, used=used
    )


def _open_in_windows(c: _Collector) -> None:
    """Open what arrangements govern in the windows of any of them, for the directions they permit.

    An arc is open to all of its directions or to none. Where arrangements permit different directions at
    different times, it is open only while each of these directions is permitted.
    """
    for arc, arrangements in sorted(c.governing.items()):
        windows: dict[str, list[Interval]] = {}
        for arrangement in arrangements:
            for direction in arrangement.directions or [d.id for d in c.case.directions]:
                windows.setdefault(direction, []).extend(arrangement.windows)
        c.permitted[arc] = frozenset(windows)
        for intervals in windows.values():
            c.book.add([arc], closed_outside(intervals, c.horizon_s))


def _in_words(word: RoadStatusWord | BorderStatusWord) -> str:
    """Say a status as one would: somebody reported it, or nobody knows."""
    plain = str(word).replace("_", " ").lower()
    return f"status {plain}" if plain in {"unknown", "unclear", "unspecified"} else f"reported {plain}"


def _nothing_found(sheet: str, row_id: str, selector: RoadSelector) -> Problem:
    return Problem(
        severity=Severity.WARNING,
        code="ROAD_NOT_FOUND",
        where=Where(file="case", sheet=sheet, column="roads"),
        about=row_id,
        message=f"{sheet} {row_id}: {selector} points at no road of the network: it has no effect there",
        hint="check the id or number; near:LAT,LON takes the closest road within 500 m",
    )

"""What lies on top of the roads of the map, as GeoJSON: places, crossings, states, areas, corridors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from safepassage.domain.case import STAYS, AreaKind, Case, PlaceKind
from safepassage.domain.map_layers import MapArea, MapLayers
from safepassage.domain.plan import Corridor, Modification, Schedule
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.maps.map_roads import CLOSED, RESTRICTED, UNKNOWN, state_of
from safepassage.formats.plan import plan_json
from safepassage.web.desk.planner import MadePlan
from safepassage.web.maps.map_flows import differing, flows
from safepassage.web.words import Words

Feature = dict[str, Any]
Point = tuple[int, int]

_LETTERS = "ABCDEFGH"
_DAY_S, _HOUR_S = 86_400, 3_600
_PERCENT_PPM, _TENTH_PPM = 10_000, 1_000
_CROSSINGS = {PlaceKind.BORDER_CROSSING.value, PlaceKind.CHECKPOINT.value}
_ROUTINE = {PlaceKind.ASSEMBLY_POINT.value, PlaceKind.WAITING_PLACE.value}
_BASES = {PlaceKind.DEPOT.value, PlaceKind.MEDICAL_POINT.value}
STATE_WORDS = {
    CLOSED: "reported not passable", RESTRICTED: "reported restricted", UNKNOWN: "status unknown",
}  # fmt: skip
AREA_WORDS = {
    AreaKind.ANNOUNCED_ZONE: "announced zone", AreaKind.PROTECTED_ZONE: "protected zone",
    AreaKind.REPORTED_HAZARD: "reported hazard", AreaKind.NO_GO: "no-go area",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """The ways of a plan: its corridors and the schedule whose routes they name."""

    corridors: tuple[Corridor, ...]
    schedule: Schedule


def shown_plan_of(made: MadePlan) -> ShownPlan:
    """Return the ways of a plan that was made."""
    document = made.document("plan")
    known = {field.name for field in fields(Corridor)}
    rows = [{name: value for name, value in row.items() if name in known} for row in document["corridors"]]
    corridors = tuple(Corridor(**row | {"cut_arcs": tuple(row.get("cut_arcs", ()))}) for row in rows)
    return ShownPlan(corridors=corridors, schedule=plan_json.parsed_schedule(document))


@dataclass(frozen=True, slots=True, kw_only=True)
class MapScene:
    """What a map shows: what a case asks, how its roads are changed, and a plan if there is one."""

    case: Case
    layers: MapLayers
    problem: PlanningProblem
    modifications: tuple[Modification, ...]
    plan: ShownPlan | None = None
    before: ShownPlan | None = None


def map_document(scene: MapScene, said: Words) -> dict[str, Any]:
    """Return one feature collection; `layer` in the properties names the layer of the map.

    Beside the plan `before`, only what moves differently is shown of the plan. Every word in it is in the
    reader's language. Areas and states carry whose word they are and how old.
    """
    features = [*_lines(scene), *_areas(scene, said), *_states(scene, said)]
    if scene.before is None:
        features += [*_corridors(scene, said), *_flows(scene, said)]
    else:
        features += _differences(scene, said)
    features += [*_crossings(scene, said), *_places(scene, said)]
    attribution = scene.problem.network.attribution
    return {"type": "FeatureCollection", "attribution": attribution, "features": features}


def _feature(identifier: str, layer: str, geometry: tuple[str, Any], **properties: Any) -> Feature:
    kept = {name: value for name, value in properties.items() if value is not None}
    return {
        "type": "Feature", "id": identifier, "properties": {"layer": layer, **kept},
        "geometry": {"type": geometry[0], "coordinates": geometry[1]},
    }  # fmt: skip


def _lines(scene: MapScene) -> Iterator[Feature]:
    """Yield borders and the like, for orientation only."""
    for number, line in enumerate(scene.layers.lines):
        points = [_degrees(point) for point in line.points]
        yield _feature(f"line:{number}", "lines", ("LineString", points), kind=line.kind, label=line.name)


def _degrees(point: Point) -> list[float]:
    return [point[0] / 1e7, point[1] / 1e7]


def age(as_of: str, now: str, said: Words) -> str:
    """Return how old a report is in days and hours, with no plural to decline; "" where not known."""
    try:
        seconds = round((instant(now) - instant(as_of)).total_seconds())
    except ValueError:
        return ""
    if seconds < 0:
        return ""
    days, hours = divmod(seconds // _HOUR_S, _DAY_S // _HOUR_S)
    # A bare day has no hour to count from.
    if len(as_of) <= len("2024-08-15"):
        return said("{days} d old").format(days=days)
    return said("{days} d {hours} h old").format(days=days, hours=hours)


def source_numbers(case: Case, layers: MapLayers) -> dict[str, int]:
    """Number the sources of areas in the order in which they first spoke: each number has a line style."""
    words = {area.announced_by or area.source: "" for area in layers.areas}
    first: dict[str, str] = {}
    for area in layers.areas:
        source = area.announced_by or area.source
        first[source] = min(first.get(source, area.as_of or case.as_of), area.as_of or case.as_of)
    ordered = sorted(words, key=lambda source: (first[source], source))
    return {source: number for number, source in enumerate(ordered)}


def _areas(scene: MapScene, said: Words) -> Iterator[Feature]:
    numbers = source_numbers(scene.case, scene.layers)
    spans = {area.id: area.interval for area in scene.case.areas}
    for number, area in enumerate(scene.layers.areas, start=1):
        span, source = spans.get(area.id), area.announced_by or area.source
        parts = [area.name, _whose(area, said), " · ".join(_graded(scene.case, area, said))]
        told = (*parts, said(AREA_WORDS[area.kind]), _range(area, said))
        polygons = [[[_degrees(point) for point in ring] for ring in polygon] for polygon in area.polygons]
        yield _feature(
            f"area:{area.id}", "areas", ("MultiPolygon", polygons), kind=area.kind.value,
            source_number=numbers[source], number=number, whose=f"{area.name} – {source.partition(',')[0]}",
            label="\n".join(_wrapped(part) for part in parts if part),
            said="; ".join(filter(None, told)),
            from_s=span.from_s if span else None, until_s=span.until_s if span else None,
            **_levels(area, said),
        )  # fmt: skip


def _whose(area: MapArea, said: Words) -> str:
    if area.kind in {AreaKind.ANNOUNCED_ZONE, AreaKind.PROTECTED_ZONE}:
        return said("announced by {source}").format(source=area.announced_by or area.source)
    return said("reported by {source}").format(source=area.source)


def _graded(case: Case, area: MapArea, said: Words) -> list[str]:
    review = "" if area.reviewed else said("not reviewed")
    return [part for part in (area.grade, age(area.as_of, case.as_of, said), review) if part]


def _range(area: MapArea, said: Words) -> str:
    if area.hazard_ppm is None:
        return ""
    low, central, high = map(percent, area.hazard_ppm)
    return said("{central} (from {low} to {high})").format(low=low, central=central, high=high)


def _levels(area: MapArea, said: Words) -> dict[str, Any]:
    """Return the figures of hazard by level; the range stands beside each, for a point alone misleads."""
    if area.hazard_ppm is None:
        return {}
    low, _, high = map(percent, area.hazard_ppm)
    found: dict[str, Any] = {}
    for name, ppm in zip(("low", "central", "high"), area.hazard_ppm, strict=True):
        words = said("{figure} (from {low} to {high})").format(figure=percent(ppm), low=low, high=high)
        found |= {f"{name}_ppm": ppm, f"{name}_label": words}
    return found


def percent(ppm: int) -> str:
    """Return a probability in percent, with a tenth where it is small."""
    tenths = round(ppm / _TENTH_PPM)
    small = ppm < 10 * _PERCENT_PPM and tenths % 10
    return f"{tenths // 10}.{tenths % 10} %" if small else f"{round(tenths / 10)} %"


def _wrapped(text: str, width: int = 34) -> str:
    """Break a line of a label between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3])


class Ways:
    """Points of arcs and of consecutive arcs, in degrees."""

    def __init__(self, scene: MapScene) -> None:
        network = scene.problem.network
        self._lon, self._lat = network.lon_e7, network.lat_e7
        self._tail, self._head = network.arcs.tail, network.arcs.head
        self._shapes = scene.layers.shapes

    def node(self, node: int) -> list[float]:
        """Return where a node lies."""
        return [int(self._lon[node]) / 1e7, int(self._lat[node]) / 1e7]

    def arc(self, arc: int) -> list[list[float]]:
        """Return the points of an arc, both ends included."""
        shape = self._shapes.get(arc)
        if shape is not None:
            return [_degrees(point) for point in shape]
        return [self.node(int(self._tail[arc])), self.node(int(self._head[arc]))]

    def along(self, arcs: Sequence[int]) -> list[list[float]]:
        """Return the points of consecutive arcs, no point twice in a row."""
        points: list[list[float]] = []
        for point in (point for arc in arcs for point in self.arc(arc)):
            if not points or points[-1] != point:
                points.append(point)
        return points

    def each_once(self, arcs: Sequence[int]) -> list[int]:
        """Return arcs without the opposite directions of others."""
        kept: dict[tuple[int, int], int] = {}
        for arc in arcs:
            low, high = sorted((int(self._tail[arc]), int(self._head[arc])))
            kept.setdefault((low, high), arc)
        return [arc for (low, high), arc in kept.items() if low != high]


def _states(scene: MapScene, said: Words) -> Iterator[Feature]:
    """Yield roads of which a state is reported; what only shows and is not used says so."""
    ways = Ways(scene)
    for row in scene.modifications:
        state = state_of(row.kind, row.text)
        arcs = ways.each_once(row.arcs) if row.kind == "road_status" else []
        if not state or not arcs:
            continue
        road = row.text.rpartition(":")[0] or row.text
        whose = said("reported by {source}").format(source=row.source) if row.source else ""
        words = said(STATE_WORDS[state])
        yield _feature(
            f"status:{row.id}", "states", ("MultiLineString", [ways.arc(arc) for arc in arcs]), state=state,
            label=words, used=row.used, from_s=row.from_s, until_s=row.to_s,
            said="; ".join(part for part in (f"{road}: {words}", whose) if part),
        )  # fmt: skip


def _corridors(scene: MapScene, said: Words) -> Iterator[Feature]:
    if scene.plan is None:
        return
    ways, plan = Ways(scene), scene.plan
    names = {place.id: place.name for place in scene.case.places}
    order = {direction.id: i for i, direction in enumerate(scene.case.directions)}
    for row in plan.corridors:
        facts = _corridor_facts(row, names, said) | {"direction": order.get(row.direction, 0)}
        points = ways.along(plan.schedule.routes[row.route].arcs)
        if len(points) > 1:
            yield _feature(
                f"corridor:{row.id}", "corridors", ("LineString", points), role="corridor", **facts,
                persons=_persons_asked(scene.case, row),
            )  # fmt: skip
        other = ways.along(plan.schedule.routes[row.alternative].arcs) if row.alternative >= 0 else []
        if len(other) > 1:
            facts["said"] = said("Alternative to: {corridor}").format(corridor=facts["label"])
            yield _feature(
                f"alternative:{row.id}", "corridors", ("LineString", other), role="alternative", **facts
            )


def _flows(scene: MapScene, said: Words) -> Iterator[Feature]:
    """Yield what travels on the roads, a line for each number of persons of one direction."""
    if scene.plan is None:
        return
    ways, arcs = Ways(scene), scene.problem.network.arcs
    order = {direction.id: i for i, direction in enumerate(scene.case.directions)}
    names = {direction.id: direction.name for direction in scene.case.directions}
    used = {arc for route in scene.plan.schedule.routes for arc in route.arcs}
    ends = {arc: (int(arcs.tail[arc]), int(arcs.head[arc])) for arc in used}
    for number, flow in enumerate(flows(scene.plan.schedule, ends)):
        points = ways.along(flow.arcs)
        if len(points) > 1:
            counted = said("persons on this stretch: {persons}").format(persons=f"{flow.persons:,}")
            yield _feature(
                f"flow:{number}", "corridors", ("LineString", points), role="flow", persons=flow.persons,
                direction=order.get(flow.direction, 0), label=f"{flow.persons:,}",
                said=f"{names.get(flow.direction, flow.direction)}; {counted}",
            )  # fmt: skip


def _differences(scene: MapScene, said: Words) -> Iterator[Feature]:
    """Yield where more or fewer persons travel than in the plan before, and how many."""
    if scene.plan is None or scene.before is None:
        return
    ways, arcs = Ways(scene), scene.problem.network.arcs
    order = {direction.id: i for i, direction in enumerate(scene.case.directions)}
    names = {direction.id: direction.name for direction in scene.case.directions}
    schedules = (scene.before.schedule, scene.plan.schedule)
    used = {arc for schedule in schedules for route in schedule.routes for arc in route.arcs}
    ends = {arc: (int(arcs.tail[arc]), int(arcs.head[arc])) for arc in used}
    for number, flow in enumerate(differing(*schedules, ends)):
        points = ways.along(flow.arcs)
        if len(points) > 1:
            sentence = (
                "{persons} more persons than before"
                if flow.persons > 0
                else "{persons} fewer persons than before"
            )
            counted = said(sentence).format(persons=f"{abs(flow.persons):,}")
            yield _feature(
                f"change:{number}", "corridors", ("LineString", points), persons=abs(flow.persons),
                role="more" if flow.persons > 0 else "fewer", direction=order.get(flow.direction, 0),
                label=f"{'+' if flow.persons > 0 else '−'}{abs(flow.persons):,}",
                said=f"{names.get(flow.direction, flow.direction)}; {counted}",
            )  # fmt: skip


def _corridor_facts(row: Corridor, names: dict[str, str], said: Words) -> dict[str, Any]:
    label = f"{names.get(row.place, row.place)} → {names.get(row.site, row.site)}"
    length = said("{km} km, {minutes} min without waiting").format(
        km=f"{row.length_m / 1000:.1f}", minutes=round(row.travel_s / 60)
    )
    return {"label": label, "said": f"{label}; {length}"}


def _persons_asked(case: Case, row: Corridor) -> int:
    return sum(d.persons for d in case.demand if d.place == row.place and d.direction == row.direction)


def _crossings(scene: MapScene, said: Words) -> Iterator[Feature]:
    ways = Ways(scene)
    nouns = {place.id: place for place in scene.case.places}
    spans = _windows(scene)
    for row in scene.problem.places:
        if row.kind not in _CROSSINGS or _node(row) < 0:
            continue
        state = _crossing_state(nouns[row.id].status.value, row.id in spans)
        words = said(CROSSING_WORDS[state])
        yield _feature(
            f"place:{row.id}", "crossings", ("Point", ways.node(_node(row))), state=state,
            label=row.name, said=f"{row.name}: {words}",
        )  # fmt: skip


CROSSING_WORDS = {
    "window": "open at certain hours", "open": "reported open", "closed": "reported closed",
    "restricted": "reported restricted", "unknown": "no status reported",
}  # fmt: skip


def _windows(scene: MapScene) -> set[str]:
    """Return the crossings that an arrangement in use opens at certain hours."""
    used = {
        row.id
        for row in scene.modifications
        if row.used and row.kind in {"pause", "corridor", "notification"}
    }
    return {place for row in scene.case.arrangements if row.id in used for place in row.places}


def _crossing_state(status: str, opened: bool) -> str:  # noqa: FBT001 - one fact about one crossing
    if opened:
        return "window"
    return {"OPEN": "open", "CLOSED": "closed", "RESTRICTED": "restricted"}.get(status, "unknown")


def _node(row: PlacedPlace) -> int:
    return row.node if row.node >= 0 else row.pickup_node


def _places(scene: MapScene, said: Words) -> Iterator[Feature]:
    """Yield reception sites, bases and inhabited places; places on one spot share a mark."""
    ways, case = Ways(scene), scene.case
    persons: dict[str, int] = {}
    for row in case.demand:
        if row.direction != STAYS:
            persons[row.place] = persons.get(row.place, 0) + row.persons
    order = {direction.id: i for i, direction in enumerate(case.directions)}
    spots: dict[int, list[PlacedPlace]] = {}
    for place in scene.problem.places:
        if place.kind in _CROSSINGS | _ROUTINE or _node(place) < 0:
            continue
        if place.direction:
            yield _site(place, ways, order, said)
        else:
            spots.setdefault(_node(place), []).append(place)
    for node, rows in spots.items():
        rows.sort(key=lambda row: (-persons.get(row.id, 0), row.id))
        total = sum(persons.get(row.id, 0) for row in rows)
        more = f" +{len(rows) - 1}" if len(rows) > 1 else ""
        names = ", ".join(row.name for row in rows)
        counted = said("persons who want to leave: {persons}").format(persons=f"{total:,}")
        base = all(row.kind in _BASES for row in rows)
        yield _feature(
            f"place:{rows[0].id}", "places", ("Point", ways.node(node)),
            kind="vehicle_base" if base else "settlement",
            label=rows[0].name + more, persons=total, also=[f"place:{row.id}" for row in rows[1:]] or None,
            said=names if base else f"{names}; {counted}",
        )  # fmt: skip


def _site(place: PlacedPlace, ways: Ways, order: dict[str, int], said: Words) -> Feature:
    number = order.get(place.direction, 0)
    room = said("places for persons: {persons}").format(persons=f"{place.capacity_persons:,}")
    return _feature(
        f"place:{place.id}", "places", ("Point", ways.node(_node(place))), kind="reception", label=place.name,
        direction=number, mark=_LETTERS[number % len(_LETTERS)],
        said=f"{place.name}; {room}" if place.capacity_persons >= 0 else place.name,
    )  # fmt: skip

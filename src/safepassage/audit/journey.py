"""Rules on the journey: seats, rest, light, exposure, ways round, crossings (SP-12 to SP-19, SP-34)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from safepassage.audit.daylight import twilight_s
from safepassage.audit.given import (
    FAIL,
    HOUR_S,
    NOT_ASSESSED,
    PASS,
    SHOWN,
    WARN,
    Answer,
    Given,
    answer,
    hours,
    percent,
    unknown,
)
from safepassage.audit.trips import Trip, exposure_ppm_s
from safepassage.domain.audit_sheet import Verdict
from safepassage.domain.case import CARER_OF
from safepassage.domain.safeguard import SafeguardKind as Kind

MINUTE_S = 60
PPM = 1_000_000
BEYOND = 10**6
NO_PLACE = ("UNSERVED_FLEET_TIME", "UNSERVED_NO_VEHICLE")
NEEDING_HELP = ("assisted", "wheelchair", "stretcher")


def accessible(data: Given) -> Answer:
    """SP-12: a seat for everybody who needs help or a special place, and for one carer each."""
    limits = data.stated("carers_per_person")
    left = [
        f"{row['place']}: {row['persons']} {row['group']}" for row in data.plan["unserved"]
        if row["group"] in NEEDING_HELP and row["reason"] in NO_PLACE
    ]  # fmt: skip
    fleet = {row["id"]: row for row in data.inputs["fleet"]}
    counted = any(row.answer == "yes" for row in data.rows(Kind.CARERS_COUNTED))
    carers = 0 if counted else data.limit("carers_per_person")
    over = []
    for trip in data.trips:
        bus = fleet.get(trip.vehicle)
        if bus is None:
            continue
        chairs, stretchers = trip.aboard("wheelchair"), trip.aboard("stretcher")
        seated = trip.persons - chairs - stretchers
        wanted = trip.aboard(*NEEDING_HELP) * carers
        # Others aboard may be carers: only what they cannot make up for needs free seats.
        others = trip.aboard("needs_transport", "own_vehicle", *CARER_OF.values())
        spare = bus["seats"] - seated
        crowded = chairs > bus["wheelchair"] or stretchers > bus["stretcher"] or spare < 0
        if crowded or wanted > others + spare:
            over.append(trip.id)
    if left or over:
        measured = (
            f"journeys without a place for each and a carer: {len(over)}; groups left behind: {len(left)}"
        )
        return answer(FAIL, measured, [*left, *over][:SHOWN], limits)
    links = [trip.id for trip in data.trips if not trip.vehicle and trip.aboard(*NEEDING_HELP)]
    if links:
        what = "not in the data: special places on trains, boats and paths"
        return answer(NOT_ASSESSED, what, links[:SHOWN], limits)
    if not any(row["group"] in NEEDING_HELP and row["persons"] for row in data.inputs["demand"]):
        return unknown("anybody who needs help or a special place")
    return answer(PASS, "a place for each, and for a carer", threshold=limits)


def enough_seats(data: Given) -> Answer:
    """SP-13: no place announces more than the vehicles that call there can take."""
    limits = data.stated("seats_fail_percent", "seats_warn_percent")
    called = {row.place: row.number for row in data.rows(Kind.ANNOUNCED_CALL) if row.place and row.number}
    if not called:
        return unknown("how many people were announced at each place")
    seats = _seats(data)
    share = {place: percent(seats[place], number) for place, number in called.items() if number}
    short = sorted(p for p, part in share.items() if part < data.limit("seats_fail_percent"))
    tight = sorted(p for p, part in share.items() if part < data.limit("seats_warn_percent"))
    measured = f"least seats for the announced number: {min(share.values())} %"
    if short:
        return answer(FAIL, measured, short, limits)
    return answer(WARN if tight else PASS, measured, tight, limits)


def _seats(data: Given) -> Counter[str]:
    """Return the seats that call at each place: those taken, and the free ones of the same vehicle."""
    fleet = {row["id"]: row for row in data.inputs["fleet"]}
    seats: Counter[str] = Counter()
    for trip in data.trips:
        bus = fleet.get(trip.vehicle)
        if not trip.places or (bus is None and trip.vehicle == "" and trip.aboard("own_vehicle")):
            continue
        room = 0 if bus is None else _room(bus)
        for place, _, persons, boards in trip.load:
            seats[place] += persons if boards else 0
        seats[trip.places[0]] += max(0, room - trip.persons)
    return seats


def _room(bus: Mapping[str, int]) -> int:
    """Return the places of a vehicle, those kept free included."""
    return bus["seats"] + bus["wheelchair"] + bus["stretcher"] + bus.get("spare_seats", 0)


def rest(data: Given) -> Answer:
    """SP-15: nobody rides for long without a stop, nor longer without toilet and water."""
    if not data.trips:
        return unknown("movements")
    limits = data.stated("leg_warn_min", "leg_fail_min", "meal_min", "overnight_min", "water_ml_person_h")
    found = {WARN: list[str](), FAIL: list[str]()}
    longest = 0
    for trip in data.trips:
        stops = [r.number for r in data.rows(Kind.REST_STOPS_MIN, direction=trip.direction) if r.number]
        dry_s = min([trip.arrive_s - trip.depart_s, *(number * MINUTE_S for number in stops)])
        longest = max(longest, dry_s)
        for verdict, name in ((FAIL, "leg_fail_min"), (WARN, "leg_warn_min")):
            if dry_s > data.limit(name) * MINUTE_S:
                found[verdict].append(trip.id)
                break
    measured = (
        f"longest time without a stop {hours(longest)}; journeys above: {sum(map(len, found.values()))}"
    )
    for verdict in (FAIL, WARN):
        if found[verdict]:
            return answer(verdict, measured, found[verdict][:SHOWN], limits)
    verdict, said, objects = _on_long_ways(data)
    return answer(verdict, f"{measured}{said}", objects, limits)


def _on_long_ways(data: Given) -> tuple[Verdict, str, list[str]]:
    """Return what long journeys lack of meals, a place for the night and water; or what is unknown of it."""
    lacking: list[str] = []
    open_: list[str] = []
    for trip in data.trips:
        ride_s = trip.arrive_s - trip.depart_s
        for kind, name in ((Kind.MEALS, "meal_min"), (Kind.WAY_STATION, "overnight_min")):
            if ride_s > data.limit(name) * MINUTE_S:
                answers = {row.answer for row in data.rows(kind, direction=trip.direction)}
                if "yes" not in answers or "no" in answers:
                    (lacking if "no" in answers else open_).append(f"{trip.id}: {kind.value}")
        if ride_s > data.limit("leg_warn_min") * MINUTE_S and not _is_cold(data):
            rows = data.rows(Kind.WATER_ML_PERSON_H, direction=trip.direction)
            aboard = min((row.number for row in rows if row.number is not None), default=None)
            if aboard is None or aboard < data.limit("water_ml_person_h"):
                (open_ if aboard is None else lacking).append(f"{trip.id}: water")
    if lacking:
        return FAIL, f"; long journeys lack something: {len(lacking)}", lacking[:SHOWN]
    if open_:
        return NOT_ASSESSED, f"; not in the data for long journeys: {len(open_)}", open_[:SHOWN]
    return PASS, "", []


def _is_cold(data: Given) -> bool:
    return data.case is not None and data.case.settings.cold_season


def by_day(data: Given) -> Answer:
    """SP-16: people travel within civil twilight with a margin, or by a recorded decision."""
    limits = data.stated("twilight_margin_min", "twilight_slack_min")
    if not data.trips:
        return unknown("movements")
    margin, slack = (data.limit(f"twilight_{name}_min") * MINUTE_S for name in ("margin", "slack"))
    dark, close, lights = [], [], _Lights(data)
    for trip in data.trips:
        left = lights.left_s(trip)
        if left is None or left < margin:
            dark.append(trip.id)
        elif left < slack:
            close.append(trip.id)
    decided = [row.id for row in data.rows(Kind.NIGHT_MOVEMENT) if row.answer == "yes" and row.text]
    if dark:
        measured = f"{len(dark)} movements outside daylight; decision recorded: {'yes' if decided else 'no'}"
        return answer(WARN if decided else FAIL, measured, dark[:SHOWN], limits)
    if close:
        return answer(WARN, f"{len(close)} movements close to dusk or dawn", close[:SHOWN], limits)
    return answer(PASS, "all movements by day", threshold=limits)


class _Lights:
    """Civil twilight at both ends of each movement."""

    def __init__(self, data: Given) -> None:
        self._epoch = str(data.inputs["epoch"])
        nodes, arcs = data.inputs["network"]["nodes"], data.inputs["network"]["arcs"]
        self._nodes, self._arcs = nodes, arcs
        self._known: dict[tuple[int, int], tuple[int, int] | None] = {}

    def left_s(self, trip: Trip) -> int | None:
        """Return the least time between the movement and darkness; None where it is dark."""
        if not trip.steps:
            return HOUR_S * 24
        ends = (self._arcs["tail"][trip.steps[0][0]], self._arcs["head"][trip.steps[-1][0]])
        parts = []
        for node in ends:
            light = self._light(node, trip.depart_s)
            if light is None or not light[0] <= trip.depart_s <= trip.arrive_s <= light[1]:
                return None
            parts += [trip.depart_s - light[0], light[1] - trip.arrive_s]
        return min(parts)

    def _light(self, node: int, at_s: int) -> tuple[int, int] | None:
        key = (node, at_s // HOUR_S)
        if key not in self._known:
            lon, lat = self._nodes["lon_e7"][node], self._nodes["lat_e7"][node]
            self._known[key] = twilight_s(self._epoch, at_s, lon / 10**7, lat / 10**7)
        return self._known[key]


def exposure(data: Given) -> Answer:
    """SP-17: no wave, and no stretch of road, is exposed beyond the cap, the place's own where it has one."""
    network = data.inputs["network"]
    limits = data.stated("exposure_percentile", "exposure_warn_percent", "edge_hazard_ppm")
    used = {step[0] for trip in data.trips for step in trip.steps}
    worst = max((ppm for arc, ppm in _high(network) if arc in used), default=0)
    if worst > data.limit("edge_hazard_ppm"):
        return answer(FAIL, f"highest hazard of a stretch in use: {worst} ppm", threshold=limits)
    caps = _caps(data)
    if not any(cap is not None for cap in caps):
        return unknown("a cap on exposure")
    hazard = dict(network["hazard"])
    each = [exposure_ppm_s(trip, hazard) for trip in data.trips]
    shares = [_share(exposed, cap) for exposed, cap in zip(each, caps, strict=True)]
    homes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for trip, exposed in zip(data.trips, each, strict=True):
        for place in trip.places:
            homes[place][0] += exposed * trip.persons
            homes[place][1] += trip.persons
    high = _worst_wave(data, shares)
    capped = [
        (share, trip.persons) for share, trip in zip(shares, data.trips, strict=True) if share is not None
    ]
    mean = sum((s * n for s, n in capped), Fraction(0)) / sum(persons for _, persons in capped)
    nth = data.limit("exposure_percentile")
    measured = f"{nth}th percentile of the worst wave {_said(high)} % of the cap"
    measured += f", mean {_said(mean)} %; largest to median settlement: {_inequity(homes)}"
    if high > 1:
        return answer(FAIL, measured, threshold=limits)
    if len(capped) < len(shares):
        return unknown("a cap on exposure for every place")
    top = _highest(data)
    highest = _worst_wave(
        data, [_share(exposure_ppm_s(t, top), cap) for t, cap in zip(data.trips, caps, strict=True)]
    )
    if highest > 1:
        measured += f"; in the highest layer up to {_said(highest)} %"
    over = highest > 1 or 100 * mean > data.limit("exposure_warn_percent")
    return answer(WARN if over else PASS, measured, threshold=limits)


def _caps(data: Given) -> list[int | None]:
    """Return the cap of each trip, the tightest of the places whose people it carries; None without one."""
    common = data.inputs["rules"]["exposure_cap_ppm_s"]
    own = {place["id"]: place.get("exposure_cap_ppm_s", common) for place in data.inputs["places"]}
    found = []
    for trip in data.trips:
        caps = [own.get(place, common) for place in trip.places] or [common]
        found.append(min((cap for cap in caps if cap is not None and cap >= 0), default=None))
    return found


def _share(exposed_ppm_s: int, cap_ppm_s: int | None) -> Fraction | None:
    """Return a trip's exposure as a share of its cap."""
    if cap_ppm_s is None:
        return None
    return Fraction(exposed_ppm_s, cap_ppm_s) if cap_ppm_s else Fraction(BEYOND if exposed_ppm_s else 0)


def _said(share: Fraction) -> str:
    return str(int(100 * share)) if share < BEYOND else "more than 100"


def _worst_wave(data: Given, shares: Sequence[Fraction | None]) -> Fraction:
    """Return the largest percentile of all waves, those who set out within an hour, as a share of the cap."""
    waves: dict[int, list[tuple[Fraction, int]]] = defaultdict(list)
    for trip, share in zip(data.trips, shares, strict=True):
        if share is not None:
            waves[trip.depart_s // HOUR_S].append((share, trip.persons))
    return max(_percentile(rows, data.limit("exposure_percentile")) for rows in waves.values())


def _highest(data: Given) -> dict[int, list[tuple[int, int, int]]]:
    """Return the hazard of each arc by the high figures of all events, each while it lasts.

    Overlapping events are added up, which is never below their union.
    """
    hazard: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for _, _, _, high, from_s, until_s, shares in data.inputs["network"].get("hazard_events") or ():
        for arc, share in shares:
            hazard[arc].append((from_s, until_s, high * share // PPM))
    return hazard


def _high(network: Mapping[str, Sequence[Sequence[int]]]) -> Iterator[tuple[int, int]]:
    """Yield arcs with hazard: the sum of the high figures of events, which is never below their union."""
    events = network.get("hazard_events")
    if events is None:
        for arc, pieces in network["hazard"]:
            yield arc, max(piece[2] for piece in pieces)  # type: ignore[attr-defined]
        return
    total: Counter[int] = Counter()
    for _, _, _, high, _, _, shares in events:
        for arc, share in shares:  # type: ignore[attr-defined]
            total[arc] += high * share // PPM
    for arc, ppm in sorted(total.items()):
        yield arc, min(PPM, ppm)


def _percentile(rows: list[tuple[Fraction, int]], at: int) -> Fraction:
    """Return the share that `at` percent of the persons do not exceed (nearest rank)."""
    order = sorted(rows)
    wanted, seen = sum(persons for _, persons in rows) * at, accumulate(100 * persons for _, persons in order)
    return next(each for (each, _), reached in zip(order, seen, strict=True) if reached >= wanted)


def _inequity(homes: Mapping[str, Sequence[int]]) -> str:
    means = sorted(total // persons for total, persons in homes.values() if persons)
    middle = means[len(means) // 2] if means else 0
    return f"{means[-1] * 10 // middle / 10:.1f}" if middle else "not stated"


def way_round(data: Given) -> Answer:
    """SP-18: each corridor has an alternative that shares little with it, and no bridge severs both."""
    corridors, limits = data.plan["corridors"], data.stated("shared_length_ppm")
    if not corridors:
        return unknown("corridors")
    arcs, routes = data.inputs["network"]["arcs"], data.plan["routes"]
    none, severed = [], []
    for corridor in corridors:
        own = routes[corridor["route"]]["arcs"]
        if corridor["alternative"] < 0:
            none.append(corridor["id"])
            continue
        # A bridge is one bridge in either direction: stretches are compared by their two ends.
        other = {_ends(arcs, arc) for arc in routes[corridor["alternative"]]["arcs"]}
        length = sum(arcs["length_m"][arc] for arc in own)
        shared = [arc for arc in own if _ends(arcs, arc) in other]
        if sum(arcs["length_m"][arc] for arc in shared) * PPM > data.limit("shared_length_ppm") * length:
            none.append(corridor["id"])
        elif shared:
            severed.append(corridor["id"])
    measured = f"{len(none)} of {len(corridors)} corridors without; {len(severed)} share a stretch with it"
    if none:
        return answer(FAIL, measured, none[:SHOWN], limits)
    return answer(WARN if severed else PASS, measured, severed[:SHOWN], limits)


def _ends(arcs: Mapping[str, Sequence[int]], arc: int) -> tuple[int, int]:
    tail, head = arcs["tail"][arc], arcs["head"][arc]
    return min(tail, head), max(tail, head)


def explosive_hazard(data: Given) -> Answer:
    """SP-19: the status of every road in use as to explosive hazards is known, free of reports, and fresh."""
    labels, limits = data.inputs["network"]["arcs"]["label"], data.stated("status_age_h")
    used = sorted(
        {
            labels[s[0]]
            for trip in data.trips
            for s in trip.steps
            if trip.vehicle or trip.aboard("own_vehicle")
        }
    )
    rows = data.rows(Kind.EXPLOSIVE_HAZARD)
    bad, old, open_ = [], [], []
    for label in used:
        mine = [r for r in rows if not r.roads or label in r.roads]
        if any(r.answer == "yes" for r in mine):
            bad.append(label)
            continue
        good = [r for r in mine if r.answer == "no" and r.at_s is not None]
        if not good or any(r.answer not in {"yes", "no"} for r in mine):
            open_.append(label)
        elif data.as_of_s - max(r.at_s or 0 for r in good) > data.limit("status_age_h") * HOUR_S:
            old.append(label)
    measured = f"reported: {len(bad)}; not known: {len(open_)}; old: {len(old)} of {len(used)} roads"
    for verdict, roads in ((FAIL, bad), (NOT_ASSESSED, open_), (WARN, old)):
        if roads:
            return answer(verdict, measured, roads[:SHOWN], limits)
    return answer(PASS if used else NOT_ASSESSED, measured, threshold=limits)


def crossings(data: Given) -> Answer:
    """SP-34: what crossings and checkpoints let through, as reported, covers what the plan sends there."""
    rows = [r for r in data.rows(Kind.CROSSING_PERSONS_H) if r.place and r.number is not None]
    if not rows:
        return unknown("how many persons crossings and checkpoints let through")
    nodes = {place["id"]: place["node"] for place in data.inputs["places"]}
    tails, heads = data.inputs["network"]["arcs"]["tail"], data.inputs["network"]["arcs"]["head"]
    sent: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for trip in data.trips:
        first: dict[int, int] = {}
        for arc, _, entered_s, left_s in trip.steps:
            first.setdefault(tails[arc], entered_s)
            first.setdefault(heads[arc], left_s)
        for node, at_s in first.items():
            sent[node].append((at_s, trip.persons))
    limits, over, tight, most = data.stated("crossing_warn_percent"), [], [], 0
    for row in rows:
        busiest, allowed = _busiest_hour(sent.get(nodes.get(row.place), ())), row.number or 0
        part = percent(busiest, allowed) if allowed else 1000 * (busiest > 0)
        most = max(most, part)
        if busiest > allowed:
            over.append(row.place)
        elif part > data.limit("crossing_warn_percent"):
            tight.append(row.place)
    measured = f"busiest hour at a crossing: {most} % of what it lets through"
    if over:
        return answer(FAIL, measured, over, limits)
    return answer(WARN if tight else PASS, measured, tight, limits)


def _busiest_hour(passed: Sequence[tuple[int, int]]) -> int:
    """Return the most persons in any 3,600 seconds, wherever the hour of the clock begins."""
    order = sorted(passed)
    most = sum_ = begin = 0
    for at_s, persons in order:
        sum_ += persons
        while at_s - order[begin][0] >= HOUR_S:
            sum_ -= order[begin][1]
            begin += 1
        most = max(most, sum_)
    return most

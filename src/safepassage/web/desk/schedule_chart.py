"""The schedule as a chart: a row for each vehicle, a bar for each leg, thin where nobody is aboard."""

from __future__ import annotations

from collections import defaultdict

from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup, element, number
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements, Ride
from safepassage.formats.facts.register import Register
from safepassage.formats.maps.map_labels import text_width

_WIDTH, _LEFT, _TOP, _ROW, _BAR = 920.0, 132.0, 22.0, 15.0, 10.0
_TICKS_H = (1, 2, 3, 4, 6, 12, 24)
_MOST_TICKS = 10
_HOUR_S = 3600
MOST_ROWS = 60
LEAST_PX = 1.5


def schedule_chart(release: Release, register: Register, movements: Movements, clock: LocalClock) -> Markup:
    """Return the chart; beyond `MOST_ROWS` vehicles the rest stand in the table of the schedule only."""
    by_vehicle: dict[str, list[Ride]] = defaultdict(list)
    for ride in movements.rides:
        if ride.vehicle:
            by_vehicle[ride.vehicle].append(ride)
    rows = sorted(by_vehicle.items(), key=lambda row: (min(r.depart_s for r in row[1]), row[0]))[:MOST_ROWS]
    last_s = max((ride.arrive_s for _, rides in rows for ride in rides), default=_HOUR_S)
    last_s = min(max(last_s, _HOUR_S), int(release.plan["horizon_s"]))
    scale = (_WIDTH - _LEFT - 8) / last_s
    height = _TOP + _ROW * len(rows) + 6
    parts = _axis(clock, last_s, scale, height)
    for place, (vehicle, rides) in enumerate(rows):
        y = _TOP + _ROW * place
        name = vehicle if text_width(vehicle, 11) < _LEFT - 8 else f"{vehicle[:18]}…"
        parts.append(element("text", {"x": 4, "y": y + 9, "class": "vehicle"}, name))
        parts += [_bar(ride, y, scale, register, clock) for ride in sorted(rides, key=lambda r: r.depart_s)]
    told = f"{len(rows)} vehicles move, from {clock.moment(0)} to {clock.moment(last_s)}"
    box = f"0 0 {number(_WIDTH)} {number(height)}"
    return element("svg", {"viewBox": box, "class": "gantt", "role": "img", "aria-label": told}, *parts)


def _axis(clock: LocalClock, last_s: int, scale: float, height: float) -> list[Markup]:
    step_s = next((h * _HOUR_S for h in _TICKS_H if last_s / (h * _HOUR_S) <= _MOST_TICKS), 24 * _HOUR_S)
    parts = []
    for second in range(0, last_s + 1, step_s):
        x = _LEFT + second * scale
        path = {"d": f"M{number(x)} {number(_TOP - 4)}V{number(height)}", "class": "tick"}
        text = {"x": x + 2, "y": 12, "class": "hour"}
        parts += [element("path", path), element("text", text, clock.moment(second))]
    return parts


def _bar(ride: Ride, y: float, scale: float, register: Register, clock: LocalClock) -> Markup:
    direction = register.direction(ride.load[0]["direction"]) if ride.load else -1
    kind = f"leg d{direction % 4}" if ride.persons else "leg empty"
    told = (
        f"{ride.vehicle}: {clock.moments(ride.depart_s)} {register.node(ride.from_node)} → "
        f"{clock.moments(ride.arrive_s)} {register.node(ride.to_node)}, {ride.persons} aboard"
    )
    box = {
        "x": _LEFT + ride.depart_s * scale, "y": y + (0 if ride.persons else 3),
        "width": max(LEAST_PX, (ride.arrive_s - ride.depart_s) * scale),
        "height": _BAR if ride.persons else _BAR - 6, "class": kind,
    }  # fmt: skip
    return element("rect", box, element("title", {}, told))

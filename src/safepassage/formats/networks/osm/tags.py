"""From the tags of one way to what vehicles may do on it: a pure function of a dictionary.

The rules follow OpenStreetMap's documented defaults; where mappers leave a choice, the cautious reading wins:
a road is taken for one-way, closed or slow rather than for open. Every rule has a test with the tags in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safepassage.domain.network import NO_LIMIT, Mode, RoadClass
from safepassage.domain.road_defaults import LegalLimits, RoadDefault, RoadDefaults
from safepassage.formats.networks.osm import values

Tags = Mapping[str, str]


def _words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(";") if word.strip()}


_CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_VEHICLE_KEYS = ("motorcar", "motor_vehicle", "vehicle")
_BUS_KEYS = ("bus", "psv", "motor_vehicle", "vehicle", "access")
_CAR_ONEWAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
_BUS_ONEWAY_KEYS = ("oneway:bus", "oneway:psv")
_BUSWAY_KEYS = ("busway", "busway:left", "busway:right", "busway:both")
_WEIGHT_KEYS = ("maxweight", "maxweightrating", "maxgcweight", "maxgcweightrating")
_ZONE_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:traffic", "zone:maxspeed")
_DIRECTIONS = ("forward", "backward")

_CLOSED = frozenset(
    _words("no;private;agricultural;forestry;emergency;military;restricted;permit;foot;bicycle;horse")
)
_BUS_WORDS = frozenset(("bus", "psv"))
_CLOSED_TO_CARS = _CLOSED | _BUS_WORDS | {"hgv"}
_ALLOWED = frozenset(_words("yes;designated;permissive;destination;official;customers;delivery"))
_TRUE = frozenset(("yes", "true", "1"))
_IMPASSABLE_SMOOTHNESS = frozenset(("impassable", "very_horrible"))
_BUS_TRACKS = frozenset(("grade1", "grade2"))
_ONEWAY_JUNCTIONS = frozenset(("roundabout", "circular"))
_ONEWAY_HIGHWAYS = frozenset(("motorway", "motorway_link"))
_MAIN_CLASSES = frozenset((RoadClass.TRUNK, RoadClass.PRIMARY))

_CLOSED_BARRIERS = frozenset(
    _words(
        "block;bollard;bus_trap;chain;concrete;cycle_barrier;debris;ditch;fence;"
        "full-height_turnstile;guard_rail;hedge;horse_stile;jersey_barrier;kissing_gate;log;"
        "motorcycle_barrier;planter;rock;stile;sump_buster;tank_trap;turnstile;wall;wicket_gate;"
        "wedge;yes"
    )
)
_BUS_BARRIERS = frozenset(("bus_trap", "sump_buster"))
_LOW_BARRIERS = frozenset(("height_restrictor",))

RELEVANT = frozenset(
    (
        *_CAR_KEYS,
        *_BUS_KEYS,
        *_CAR_ONEWAY_KEYS,
        *_BUS_ONEWAY_KEYS,
        *_BUSWAY_KEYS,
        *_WEIGHT_KEYS,
        *_ZONE_KEYS,
        *(f"{key}:{way}" for key in (*_CAR_KEYS, *_BUS_KEYS, "maxspeed", "lanes") for way in _DIRECTIONS),
        *("highway", "route", "area", "junction", "lanes", "bridge", "duration", "surface", "smoothness"),
        *("tracktype", "impassable", "status", "winter_road", "ice_road"),
    )
)
"""The tags that decide a rule: ways that agree on these share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One direction of a road: who may use it, how fast in metres per hour, how many vehicles an hour."""

    modes: int
    speed_m_h: int
    capacity_mveh_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the tags of a way say; `left_out` is the reason why it is no road for vehicles, or ""."""

    left_out: str = ""
    road_class: int = 0
    forward: Side = Side(modes=0, speed_m_h=1, capacity_mveh_h=0)
    backward: Side = Side(modes=0, speed_m_h=1, capacity_mveh_h=0)
    max_weight_kg: int = NO_LIMIT
    bridge: bool = False
    duration_s: int = 0
    missing: tuple[str, ...] = ()


def _permission(tags: Tags, keys: Iterable[str], direction: str) -> str:
    for key in keys:
        value = tags.get(f"{key}:{direction}") or tags.get(key)
        if value:
            return value
    return ""


def _open_to_cars(tags: Tags, direction: str, *, default: bool) -> bool:
    words = _words(_permission(tags, _CAR_KEYS, direction))
    return not words <= _CLOSED_TO_CARS if words else default


def _open_to_buses(tags: Tags, direction: str) -> bool:
    words = _words(_permission(tags, _BUS_KEYS, direction))
    return bool(words & _BUS_WORDS) or not words or not words <= _CLOSED | {"hgv"}


def _is_closed(value: str) -> bool:
    words = _words(value)
    return bool(words) and words <= _CLOSED_TO_CARS


def barrier_blocks(tags: Tags) -> Mode:
    """Return who cannot pass a node with these tags: nobody is Mode(0), everybody CAR | BUS."""
    barrier = tags.get("barrier", "")
    if not barrier or barrier == "no":
        return Mode(0)
    said = _permission(tags, _CAR_KEYS, "")
    shut = barrier in _CLOSED_BARRIERS or tags.get("locked") == "yes"
    cars_closed = _is_closed(said) if said else shut
    bus_said = tags.get("bus") or tags.get("psv") or ""
    buses_closed = _is_closed(bus_said) if bus_said else cars_closed and barrier not in _BUS_BARRIERS
    if barrier in _LOW_BARRIERS and not bus_said:
        buses_closed = True
    return Mode((Mode.CAR if cars_closed else 0) | (Mode.BUS if buses_closed else 0))


def _oneway_value(tags: Tags) -> str:
    for key in _CAR_ONEWAY_KEYS:
        if key in tags:
            return tags[key].strip().lower()
    implied = tags.get("junction") in _ONEWAY_JUNCTIONS or tags.get("highway") in _ONEWAY_HIGHWAYS
    return "yes" if implied else "no"


def _directions(value: str) -> tuple[bool, bool]:
    if value in _TRUE:
        return True, False
    if value in {"-1", "reverse"}:
        return False, True
    return True, True


def _bus_directions(tags: Tags, cars: tuple[bool, bool]) -> tuple[bool, bool]:
    for key in _BUS_ONEWAY_KEYS:
        if key in tags:
            return _directions(tags[key].strip().lower())
    against = any(tags.get(key, "").startswith("opposite") for key in _BUSWAY_KEYS)
    return (True, True) if against else cars


def _lane_halves(tags: Tags, row: RoadDefault, most: int, *, both: bool) -> tuple[int, int]:
    """Return the half lanes of each direction: a single lane for both directions is half a lane in each."""
    total = values.lanes(tags.get("lanes", ""), most)
    if total is None:
        sides = (2 * row.lanes, 2 * row.lanes)
    else:
        sides = (total, total) if both else (2 * total, 2 * total)
    said = [values.lanes(tags.get(f"lanes:{way}", ""), most) for way in _DIRECTIONS]
    forward, backward = (2 * lanes if lanes else side for lanes, side in zip(said, sides, strict=True))
    return forward, backward


class TagRules:
    """The rules for one table of defaults and one country ("" where it is not known)."""

    def __init__(self, defaults: RoadDefaults, country: str = "") -> None:
        self.defaults, self.country = defaults, country

    def rule(self, tags: Tags) -> Rule:
        """Return what `tags` say of a way."""
        highway = tags.get("highway", "")
        if tags.get("route") == "ferry" and self.defaults.row(highway) is None:
            return self._ferry(tags)
        row = self.defaults.row(highway)
        if row is None or row.road_class >= RoadClass.FERRY:
            return Rule(left_out="construction" if highway == "construction" else "not for vehicles")
        reason = self._impassable(tags)
        return Rule(left_out=reason) if reason else self._road(tags, row)

    @staticmethod
    def _impassable(tags: Tags) -> str:
        if tags.get("area") == "yes":
            return "area"
        if tags.get("smoothness") in _IMPASSABLE_SMOOTHNESS or tags.get("status") == "impassable":
            return "impassable"
        if tags.get("impassable") == "yes":
            return "impassable"
        if tags.get("winter_road") == "yes" or tags.get("ice_road") == "yes":
            return "winter road"
        return "reversible" if _oneway_value(tags) == "reversible" else ""

    def _road(self, tags: Tags, row: RoadDefault) -> Rule:
        cars = _directions(_oneway_value(tags))
        modes = self._modes(tags, row, cars, _bus_directions(tags, cars))
        if not any(modes):
            return Rule(left_out="no access")
        halves = _lane_halves(tags, row, self.defaults.most_lanes, both=all(modes))
        forward, backward = (
            Side(
                modes=mode,
                speed_m_h=self._speed_m_h(tags, row, way),
                capacity_mveh_h=half * row.capacity_veh_h_lane * 500,
            )
            for mode, half, way in zip(modes, halves, _DIRECTIONS, strict=True)
        )
        return Rule(
            road_class=int(row.road_class),
            forward=forward,
            backward=backward,
            max_weight_kg=self._max_weight_kg(tags),
            bridge=tags.get("bridge", "no") != "no",
            missing=self._missing(tags),
        )

    def _ferry(self, tags: Tags) -> Rule:
        row = self.defaults.of_class(RoadClass.FERRY)
        # Only what says that it takes vehicles: most ferry lines carry people on foot.
        cars = bool(_words(_permission(tags, _VEHICLE_KEYS, "")) & _ALLOWED)
        buses = cars or bool(_words(tags.get("bus") or tags.get("psv") or "") & _ALLOWED)
        mode = int(Mode.CAR if cars else 0) | int(Mode.BUS if buses else 0)
        if not mode:
            return Rule(left_out="ferry without vehicles")
        ahead, back = _directions(_oneway_value(tags))
        capacity = row.capacity_veh_h_lane * row.lanes * 1000
        forward, backward = (
            Side(modes=mode if way else 0, speed_m_h=row.speed_kmh * 1000, capacity_mveh_h=capacity)
            for way in (ahead, back)
        )
        seconds = values.duration_s(tags.get("duration", "")) or 0
        missing = () if seconds else ("duration",)
        return Rule(
            road_class=int(RoadClass.FERRY),
            forward=forward,
            backward=backward,
            max_weight_kg=self._max_weight_kg(tags),
            duration_s=seconds,
            missing=missing,
        )

    @staticmethod
    def _modes(
        tags: Tags, row: RoadDefault, cars: tuple[bool, bool], buses: tuple[bool, bool]
    ) -> tuple[int, int]:
        cars_by_default = row.highway != "busway"
        # A field track that nobody graded may carry a car, not a bus full of people.
        fit_for_buses = row.road_class != RoadClass.TRACK or tags.get("tracktype") in _BUS_TRACKS
        modes = []
        for way, car, bus in zip(_DIRECTIONS, cars, buses, strict=True):
            mode = 0
            if car and _open_to_cars(tags, way, default=cars_by_default):
                mode |= Mode.CAR
            if bus and fit_for_buses and _open_to_buses(tags, way):
                mode |= Mode.BUS
            modes.append(int(mode))
        return modes[0], modes[1]

    @staticmethod
    def _max_weight_kg(tags: Tags) -> int:
        limits = (values.weight_kg(tags[key]) for key in _WEIGHT_KEYS if key in tags)
        return min((limit for limit in limits if limit is not None), default=NO_LIMIT)

    @staticmethod
    def _missing(tags: Tags) -> tuple[str, ...]:
        speed = any(key in tags for key in (*_ZONE_KEYS, "maxspeed:forward", "maxspeed:backward"))
        missing = [] if speed else ["maxspeed"]
        missing += [key for key in ("lanes", "surface") if key not in tags]
        if tags.get("bridge", "no") != "no" and not any(key in tags for key in _WEIGHT_KEYS):
            missing.append("maxweight on bridges")
        return tuple(missing)

    def _speed_m_h(self, tags: Tags, row: RoadDefault, direction: str) -> int:
        defaults = self.defaults
        limit = self._limit_kmh(tags, direction)
        if limit is not None:
            speed = limit * defaults.driven_share_ppm / 1_000_000
        elif row.road_class == RoadClass.TRACK:
            speed = defaults.track_kmh.get(tags.get("tracktype", ""), row.speed_kmh)
        else:
            speed = row.speed_kmh
            if self.country:
                legal = _legal_kmh(defaults.limits_of(self.country), row)
                speed = min(speed, legal * defaults.driven_share_ppm / 1_000_000)
        caps = (
            defaults.surface_kmh.get(tags.get("surface", "")),
            defaults.smoothness_kmh.get(tags.get("smoothness", "")),
        )
        speed = min(speed, *(cap for cap in caps if cap is not None), defaults.fastest_kmh)
        return round(1000 * max(speed, defaults.slowest_kmh))

    def _limit_kmh(self, tags: Tags, direction: str) -> float | None:
        defaults = self.defaults
        posted = tags.get(f"maxspeed:{direction}") or tags.get("maxspeed", "")
        if posted.strip() == "walk":
            return defaults.walking_pace_kmh
        speed = values.speed_kmh(posted)
        if speed is not None:
            return speed if defaults.slowest_kmh <= speed <= defaults.fastest_kmh else None
        if posted.strip() == "none":
            return defaults.limits_of(self.country).motorway_kmh
        for key in _ZONE_KEYS:
            value = tags.get(key, "")
            implicit = values.implicit_limit(value)
            zone = _zone_kmh(defaults.limits_of(implicit[0]), implicit[1]) if implicit else None
            zone = zone or (values.speed_kmh(value) if key != "source:maxspeed" else None)
            if zone is not None and defaults.slowest_kmh <= zone <= defaults.fastest_kmh:
                return zone
        return None


def _legal_kmh(limits: LegalLimits, row: RoadDefault) -> int:
    if row.highway == "living_street":
        return limits.living_street_kmh
    if row.road_class == RoadClass.MOTORWAY:
        return limits.motorway_kmh
    return limits.main_kmh if row.road_class in _MAIN_CLASSES else limits.rural_kmh


def _zone_kmh(limits: LegalLimits, zone: str) -> float | None:
    named = {
        "urban": limits.urban_kmh,
        "rural": limits.rural_kmh,
        "trunk": limits.main_kmh,
        "motorway": limits.motorway_kmh,
        "living_street": limits.living_street_kmh,
        "bicycle_road": 30,
    }
    return named.get(zone)

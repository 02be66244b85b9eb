"""A shire, its households and a fire as a planning problem: the case of the exposure benchmark.

Reads a MATSim network, a table of persons with their households' coordinates and a PHOENIX fire grid with the
hour in which each cell burns. All figures that are assumptions stand here by name.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import DemandRow, PlacedPlace, PlanningProblem, Rules
from safepassage.domain.timed_network import HazardPiece, TimedArcs, TimedNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PPM = 1_000_000
LEAST_PPM = 1
"""No road is without hazard: ordinary driving counts with this much."""


QUEUE_S = 600
"""Cars may queue before a road for ten minutes; without any queue, roads that join cannot be filled."""


class Layer(NamedTuple):
    """How hazard follows the fire: `at_front` halves every `halving_m` from the nearest active cell.

    A cell is active from `lead_h` before the hour in which it burns (fire runs ahead of its forecast) until
    `linger_h` after it. These figures are assumptions of the benchmark, low, central and high; short-range
    spotting reaches some hundred metres, long-range spotting several kilometres (Storey et al. 2020,
    doi:10.1071/WF19148).
    """

    at_front: float
    halving_m: float
    lead_h: float
    linger_h: float


LAYERS = {
    "low": Layer(0.5, 500.0, 0.0, 0.5),
    "central": Layer(0.8, 1_500.0, 0.5, 1.0),
    "high": Layer(0.95, 4_000.0, 1.0, 2.0),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fire:
    """Cells that burn: centre in metres of the grid's zone and the hour (from ignition) of burning."""

    xy: Floats
    hour: Floats
    zone: int

    def ppm(self, points: Floats, from_h: float, until_h: float, layer: Layer) -> Ints:
        """Return hazard at points (n, 2) for a piece of time: the worst within it."""
        from scipy.spatial import cKDTree  # noqa: PLC0415 - loads when needed

        active = (self.hour - layer.lead_h < until_h) & (self.hour + layer.linger_h > from_h)
        if not active.any():
            return np.full(len(points), LEAST_PPM, dtype=np.int64)
        distance, _ = cKDTree(self.xy[active]).query(points)
        # The cell itself is 180 m wide: nearer than half of it there is no decay.
        beyond = np.maximum(0.0, distance - 90.0)
        ppm = PPM * layer.at_front * np.exp2(-beyond / layer.halving_m)
        return np.maximum(np.ceil(ppm), LEAST_PPM).astype(np.int64)


def read_fire(path: Path) -> Fire:
    """Return the cells that burn (PHOENIX: HOUR_BURNT) and the map zone of their coordinates."""
    document = json.loads(path.read_text(encoding="utf-8"))
    name = str(document.get("crs", {}).get("properties", {}).get("name", "EPSG::28355"))
    zone = int(name.rsplit(":", 1)[-1]) % 100
    centres, hours = [], []
    for feature in document["features"]:
        hour = feature["properties"].get("HOUR_BURNT")
        if hour is not None:
            ring = feature["geometry"]["coordinates"]
            while isinstance(ring[0][0], list):
                ring = ring[0]
            corners = np.asarray(ring, dtype=np.float64)[:4]
            centres.append(corners.mean(axis=0)[:2])
            hours.append(float(hour))
    if not centres:
        raise SystemExit(f"{path}: no cell states HOUR_BURNT")
    return Fire(xy=np.asarray(centres), hour=np.asarray(hours), zone=zone)


def to_zone(lon: float, lat: float, zone: int) -> tuple[float, float]:
    """Return metres in a southern map zone of GRS80 (transverse Mercator, series of Snyder 1987, p. 61)."""
    a, f, k0 = 6_378_137.0, 1 / 298.257222101, 0.9996
    e2 = f * (2 - f)
    ep = e2 / (1 - e2)
    phi, lam = math.radians(lat), math.radians(lon - (zone * 6 - 183))
    n = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    t, c, p = math.tan(phi) ** 2, ep * math.cos(phi) ** 2, math.cos(phi) * lam
    m = a * (
        (1 - e2 / 4 - 3 * e2**2 / 64 - 5 * e2**3 / 256) * phi
        - (3 * e2 / 8 + 3 * e2**2 / 32 + 45 * e2**3 / 1024) * math.sin(2 * phi)
        + (15 * e2**2 / 256 + 45 * e2**3 / 1024) * math.sin(4 * phi)
        - (35 * e2**3 / 3072) * math.sin(6 * phi)
    )
    x = p + (1 - t + c) * p**3 / 6 + (5 - 18 * t + t * t + 72 * c - 58 * ep) * p**5 / 120
    y = p * p / 2 + (5 - t + 9 * c + 4 * c * c) * p**4 / 24
    y += (61 - 58 * t + t * t + 600 * c - 330 * ep) * p**6 / 720
    return k0 * n * x + 500_000, k0 * (m + n * math.tan(phi) * y) + 10_000_000


def from_zone(x: float, y: float, zone: int) -> tuple[float, float]:
    """Return (lon, lat) in degrees of a point of a zone: Newton steps on `to_zone`."""
    lon, lat = zone * 6.0 - 183, (y - 1e7) / 110_900.0
    for _ in range(8):
        gx, gy = to_zone(lon, lat, zone)
        lon += (x - gx) / (111_320.0 * math.cos(math.radians(lat)))
        lat += (y - gy) / 110_900.0
    return lon, lat


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Households:
    """Homes in metres, one row per household, and the places they are told to go to."""

    xy: Floats
    persons: Ints
    destinations: Floats


def read_households(path: Path, zone: int) -> Households:
    """Return the households of a table of persons.

    Its columns are HouseholdId, Geographical.Coordinate ([lon, lat]) and EvacLocationPreference (name,x,y).
    """
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    homes: dict[str, list[float]] = {}
    destinations: dict[str, tuple[float, float]] = {}
    for row in csv.DictReader(text.splitlines()):
        lon, lat = json.loads(row["Geographical.Coordinate"])
        home = homes.setdefault(row["HouseholdId"], [*to_zone(lon, lat, zone), 0])
        home[2] += 1
        stated = (row.get("EvacLocationPreference") or "").split(",")
        if len(stated) == 3:
            destinations.setdefault(stated[0], (float(stated[1]), float(stated[2])))
    table = np.asarray(list(homes.values()))
    return Households(
        xy=table[:, :2], persons=table[:, 2].astype(np.int64),
        destinations=np.asarray([xy for _, xy in sorted(destinations.items())]).reshape(-1, 2),
    )  # fmt: skip


class Links(NamedTuple):
    """Arrays of a network in metres, seconds and vehicles per hour."""

    xy: Floats
    tail: Ints
    head: Ints
    length_m: Ints
    travel_s: Ints
    capacity_mveh_h: Ints


class Shire(NamedTuple):
    """The part of a network that lies in the area, with sites and homes on its nodes."""

    links: Links
    sites: Ints
    home: Ints
    cars: Ints
    outside: int
    radius_m: float


def shire(links: Links, households: Households, *, quantile: float) -> Shire:
    """Return the area that holds this share of the households, around their median.

    Sites are the heads of links that leave the area and the stated destinations within it. Each household in
    the area has one car, at the nearest node from which a site is reached.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - loads when needed

    centre = np.median(households.xy, axis=0)
    away = np.hypot(*(households.xy - centre).T)
    radius = float(np.quantile(away, quantile))
    inside = np.hypot(*(links.xy - centre).T) <= radius
    kept = inside[links.tail]
    sites = np.unique(links.head[kept & ~inside[links.head]])
    near = households.destinations[np.hypot(*(households.destinations - centre).T) <= radius]
    usable = np.unique(links.tail[kept])
    if len(near):
        sites = np.union1d(sites, usable[cKDTree(links.xy[usable]).query(near)[1]])
    kept &= ~np.isin(links.tail, sites)
    reached = _reaching(links.tail[kept], links.head[kept], sites, len(links.xy))
    kept &= reached[links.head] & (links.tail != links.head)
    old = np.unique(np.concatenate([links.tail[kept], links.head[kept]]))
    new = np.full(len(links.xy), -1, dtype=np.int64)
    new[old] = np.arange(len(old))
    starts = np.unique(new[links.tail[kept]])
    part = Links(
        links.xy[old], new[links.tail[kept]], new[links.head[kept]], links.length_m[kept],
        links.travel_s[kept], links.capacity_mveh_h[kept],
    )  # fmt: skip
    snapped = starts[cKDTree(part.xy[starts]).query(households.xy[away <= radius])[1]]
    home, cars = np.unique(snapped, return_counts=True)
    ends = new[sites]
    return Shire(part, ends[ends >= 0], home, cars, int((away > radius).sum()), radius)


def _reaching(tail: Ints, head: Ints, sites: Ints, n_nodes: int) -> NDArray[np.bool_]:
    """Return which nodes have a way to a site."""
    into: dict[int, list[int]] = {}
    for u, v in zip(tail.tolist(), head.tolist(), strict=True):
        into.setdefault(v, []).append(u)
    reached = np.zeros(n_nodes, dtype=bool)
    stack = sites.tolist()
    reached[stack] = True
    while stack:
        for u in into.get(stack.pop(), ()):
            if not reached[u]:
                reached[u] = True
                stack.append(u)
    return reached


def hazard_layers(part: Links, fire: Fire, *, start_h: float, horizon_s: int, step_s: int) -> dict[str, Any]:
    """Return {layer: (n_arcs, steps) ppm} at the middle of each link; a step counts with its worst moment."""
    middle = (part.xy[part.tail] + part.xy[part.head]) / 2
    steps = range(0, horizon_s, step_s)
    return {
        name: np.stack(
            [fire.ppm(middle, start_h + t / 3600, start_h + (t + step_s) / 3600, layer) for t in steps],
            axis=1,
        )
        for name, layer in LAYERS.items()
    }


def problem(
    part: Shire, layers: dict[str, Any], fire: Fire, *, horizon_s: int, step_s: int, title: str
) -> Any:
    """Return the planning problem: one direction, own vehicles only, one car of one person per household."""
    links, n = part.links, len(part.links.tail)
    degrees = [from_zone(x, y, fire.zone) for x, y in links.xy.tolist()]
    hazard = {
        e: tuple(_pieces(row, step_s, horizon_s))
        for e, row in enumerate(layers["central"].tolist())
        if any(row)
    }
    network = TimedNetwork(
        node_id=np.asarray([f"n{v}" for v in range(len(links.xy))]),
        lon_e7=np.rint([lon * 1e7 for lon, _ in degrees]), lat_e7=np.rint([lat * 1e7 for _, lat in degrees]),
        arcs=TimedArcs(
            tail=links.tail, head=links.head, length_m=links.length_m, travel_s=links.travel_s,
            capacity_mveh_h=links.capacity_mveh_h, persons_h=np.full(n, -1), modes=np.full(n, int(Mode.CAR)),
            directions=np.ones(n), empty_ok=np.ones(n), max_weight_kg=np.full(n, -1), gate=np.zeros(n),
            label=np.full(n, ""),
        ),
        profiles={}, hazard=hazard, timetables={}, waiting={}, horizon_s=horizon_s,
        attribution="as stated by the source of the network", source_sha256="0" * 64, schematic=False,
    )  # fmt: skip
    homes = [
        PlacedPlace(
            id=f"h{node}", name=f"households at node {node}", kind="settlement", node=node, pickup_node=node,
            release_s=0, direction="", capacity_persons=-1,
        )
        for node in part.home.tolist()
    ]  # fmt: skip
    sites = [
        PlacedPlace(
            id=f"x{node}", name=f"way out at node {node}", kind="site", node=node, pickup_node=node,
            release_s=0, direction="out", capacity_persons=-1,
        )
        for node in sorted(set(part.sites.tolist()))
    ]  # fmt: skip
    demand = [
        DemandRow(place=f"h{node}", direction="out", group="own_vehicle", persons=cars, basis="survey")
        for node, cars in zip(part.home.tolist(), part.cars.tolist(), strict=True)
    ]
    rules = Rules(
        burst_mveh=1000, burst_persons=1, junction_wait_max_s=QUEUE_S, exposure_cap_ppm_s=-1,
        persons_per_car=1, car_units_mveh=1000, car_weight_kg=2000, load_base_s=0, load_per_person_s=0,
        unload_base_s=0, unload_per_person_s=0,
    )  # fmt: skip
    return PlanningProblem(
        case_id="exposure-benchmark", title=title, exercise=True, epoch="2018-11-09T00:00:00Z",
        as_of="2018-11-09T00:00:00Z", time_zones=(), hotline="", notice_languages=(),
        directions=(("out", "Out of the area"),), network=network, places=(*homes, *sites),
        demand=tuple(demand), fleet=(), rules=rules,
    )  # fmt: skip


def _pieces(row: list[int], step_s: int, horizon_s: int) -> list[HazardPiece]:
    """Return the pieces of one arc; steps of equal hazard become one."""
    found: list[HazardPiece] = []
    for k, ppm in enumerate(row):
        start, end = k * step_s, min((k + 1) * step_s, horizon_s)
        if ppm and found and found[-1].ppm == ppm and found[-1].until_s == start:
            found[-1] = HazardPiece(from_s=found[-1].from_s, until_s=end, ppm=ppm)
        elif ppm:
            found.append(HazardPiece(from_s=start, until_s=end, ppm=ppm))
    return found

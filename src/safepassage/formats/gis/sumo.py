"""Writes traffic for SUMO's mesoscopic simulation and reads what came of it.

Nodes, edges, connections, edge types, vehicles: https://sumo.dlr.de/docs/Networks/PlainXML.html and
https://sumo.dlr.de/docs/Simulation/Meso.html. Names are numbers: no name of a place or person goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from safepassage.domain.errors import FormatError
from safepassage.domain.problem import Where
from safepassage.domain.simulation import SimulatedRoad, SimulatedVehicle, Traffic, Trajectory
from safepassage.formats.containers import safe_xml

NODES, EDGES, CONNECTIONS = "nodes.nod.xml", "edges.edg.xml", "connections.con.xml"
TYPES, ROUTES, NETWORK = "types.add.xml", "routes.rou.xml", "net.net.xml"
WAYS, HALTS = "ways.xml", "halts.xml"

CAR_M, GAP_M = 5.0, 2.5
FREE_S, TO_JAM_S, FROM_JAM_S, JAM_S = 1.13, 1.13, 1.73, 1.4
"""SUMO's own headways from free or jammed stretches to free or jammed ones: their proportions are kept, so a
queue that has formed lets fewer cars out than a free road does."""
LEAST_HEADWAY_S = 0.05
NETCONVERT = (
    "--node-files", NODES, "--edge-files", EDGES, "--connection-files", CONNECTIONS, "--output-file", NETWORK,
    "--no-internal-links", "true", "--no-turnarounds", "true", "--offset.disable-normalization", "true",
    "--no-warnings", "true", "--xml-validation", "never",
)  # fmt: skip
"""Arguments with which SUMO's netconvert makes the network."""


def simulation_arguments(traffic: Traffic, seed: int) -> tuple[str, ...]:
    """Return the arguments with which SUMO runs; vehicles stuck in jams are never moved on by magic."""
    return (
        "--net-file", NETWORK, "--additional-files", TYPES, "--route-files", ROUTES, "--mesosim", "true",
        "--meso-edgelength", "250", "--end", str(traffic.end_s), "--seed", str(seed),
        "--time-to-teleport", "-1", "--vehroute-output", WAYS, "--vehroute-output.exit-times", "true",
        "--vehroute-output.write-unfinished", "true", "--stop-output", HALTS,
        "--stop-output.write-unfinished", "true", "--no-step-log", "true", "--no-warnings", "true",
        "--xml-validation", "never", "--xml-validation.net", "never", "--xml-validation.routes", "never",
        "--ignore-route-errors", "false", "--duration-log.disable", "true",
    )  # fmt: skip


def write(traffic: Traffic) -> dict[str, bytes]:
    """Return the files that the programs of SUMO read, by name."""
    kinds = {_kind(road): "" for road in traffic.roads}
    kinds = {key: f"k{n}" for n, key in enumerate(sorted(kinds))}
    return {
        NODES: _document("nodes", (f'<node id="n{n}" x="{x}" y="{y}"/>' for n, x, y in traffic.nodes)),
        EDGES: _document("edges", (_edge(road, kinds[_kind(road)]) for road in traffic.roads)),
        CONNECTIONS: _document("connections", _connections(traffic)),
        TYPES: _document("additional", (_type(name, key) for key, name in kinds.items())),
        ROUTES: _document("routes", _routes(traffic)),
    }


def _document(root: str, rows: Iterable[str]) -> bytes:
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root}>", *rows, f"</{root}>", ""]
    ).encode()


def _kind(road: SimulatedRoad) -> tuple[int, int, int]:
    return road.headway_ms, road.speed_mm_s, road.lanes


def _edge(road: SimulatedRoad, kind: str) -> str:
    return (
        f'<edge id="a{road.arc}" from="n{road.tail}" to="n{road.head}" type="{kind}" numLanes="{road.lanes}" '
        f'speed="{road.speed_mm_s / 1000:.3f}" length="{road.length_m}" priority="1"/>'
    )


def _type(name: str, kind: tuple[int, int, int]) -> str:
    """Return an edge type whose free flow is the planned capacity.

    In SUMO a car follows after tau / lanes plus the time to drive its own length over all lanes.
    """
    headway_ms, speed_mm_s, lanes = kind
    tau_s = max(LEAST_HEADWAY_S, lanes * headway_ms / 1000 - (CAR_M + GAP_M) * 1000 / speed_mm_s)
    taus = (("tauff", FREE_S), ("taufj", TO_JAM_S), ("taujf", FROM_JAM_S), ("taujj", JAM_S))
    meso = " ".join(f'{field}="{tau_s * own_s / FREE_S:.3f}"' for field, own_s in taus)
    return f'<type id="{name}"><meso {meso}/></type>'


def _connections(traffic: Traffic) -> Iterator[str]:
    """Yield every turn that some vehicle takes, for all lanes."""
    lanes = {road.arc: road.lanes for road in traffic.roads}
    turns = sorted({pair for vehicle in traffic.vehicles for pair in pairwise(vehicle.arcs)})
    for before, after in turns:
        for lane in range(lanes[before]):
            to_lane = min(lane, lanes[after] - 1)
            yield f'<connection from="a{before}" to="a{after}" fromLane="{lane}" toLane="{to_lane}"/>'


def _routes(traffic: Traffic) -> Iterator[str]:
    """Yield vehicle types, in proportion to the room and headway that the plan gives them, and vehicles."""
    lengths = {road.arc: road.length_m for road in traffic.roads}
    for units in sorted({vehicle.units_mveh for vehicle in traffic.vehicles}):
        share = units / 1000
        yield (
            f'<vType id="u{units}" length="{CAR_M * share:.3f}" minGap="{GAP_M * share:.3f}" '
            f'tau="{share:.3f}" maxSpeed="70" speedFactor="1" speedDev="{traffic.spread_permille / 1000}"/>'
        )
    for number, vehicle in enumerate(traffic.vehicles):
        yield from _vehicle(number, vehicle, lengths)


def _vehicle(number: int, vehicle: SimulatedVehicle, lengths: dict[int, int]) -> Iterator[str]:
    yield f'<vehicle id="v{number}" type="u{vehicle.units_mveh}" depart="{vehicle.depart_s}">'
    yield f'<route edges="{" ".join(f"a{arc}" for arc in vehicle.arcs)}"/>'
    for hold in vehicle.holds:
        arc = vehicle.arcs[hold.position]
        yield (
            f'<stop edge="a{arc}" endPos="{lengths[arc]}" duration="{hold.duration_s}" '
            f'until="{hold.until_s}" parking="true" index="end"/>'
        )
    yield "</vehicle>"


def read(traffic: Traffic, ways: bytes, halts: bytes) -> tuple[Trajectory, ...]:
    """Return what became of each vehicle, in the order of the traffic.

    Raises
    ------
    FormatError
        When the simulator wrote something else than it is known to write.
    """
    found = _read_ways(ways)
    stops = _read_halts(halts)
    return tuple(
        _trajectory(vehicle, found.get(f"v{number}"), stops.get(f"v{number}", []))
        for number, vehicle in enumerate(traffic.vehicles)
    )


def _trajectory(
    vehicle: SimulatedVehicle, way: tuple[int, int, tuple[int, ...]] | None, halts: Sequence[int]
) -> Trajectory:
    if way is None:
        return Trajectory(vehicle=vehicle.id, depart_s=-1, exits_s=(), halts_s=(), arrive_s=-1)
    depart_s, arrive_s, exits_s = way
    return Trajectory(
        vehicle=vehicle.id,
        depart_s=depart_s,
        exits_s=exits_s,
        halts_s=tuple(sorted(halts)),
        arrive_s=arrive_s,
    )


def _second(text: str) -> int:
    return round(float(text)) if text else -1


def _read_ways(data: bytes) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    found: dict[str, tuple[int, int, tuple[int, ...]]] = {}
    now: list[tuple[str, int, int]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "vehicle":
            now[:] = [
                (
                    attributes["id"],
                    _second(attributes.get("depart", "")),
                    _second(attributes.get("arrival", "")),
                )
            ]
        elif tag == "route" and now:
            name, depart_s, arrive_s = now[0]
            exits = [_second(text) for text in attributes.get("exitTimes", "").split()]
            passed = exits[: exits.index(-1)] if -1 in exits else exits
            found[name] = (depart_s, arrive_s, tuple(passed))

    _parse(data, WAYS, start)
    return found


def _read_halts(data: bytes) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "stopinfo":
            found.setdefault(attributes["id"], []).append(_second(attributes["started"]))

    _parse(data, HALTS, start)
    return found


def _parse(data: bytes, name: str, start: object) -> None:
    parser = safe_xml.guarded(start, lambda _: None, lambda _: None)  # type: ignore[arg-type]
    try:
        problem = safe_xml.feed(parser, data, Where(file=name), "the result")
    except (KeyError, ValueError, OverflowError) as fault:
        raise FormatError(file=name, what=f"is not what SUMO writes ({fault})") from None
    if problem is not None:
        raise FormatError(file=name, what=problem.message, remedy=problem.hint)

"""Plans under each reading of a zone of which there are several versions, and whether they are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.casework.differences import difference_lines
from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Situation
from safepassage.engines.nested_zones import ZoneReading, read_as, readings, zones
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import inputs_json
from safepassage.planning import Planned, StoppingRule, answered, problem_of
from safepassage.withdrawal import difference


def zone_rows(
    network: RoadNetwork, case: Case, planned: Planned, *, stop: StoppingRule, seed: int
) -> list[dict[str, Any]]:
    """Return a row for each zone with versions: its readings, and what the plan would be under each.

    The plan itself keeps to every version at once. Where a reading leaves the network the same to the byte,
    the plan is the same and is not made again.
    """
    base = planned.problem, planned.plan.schedule
    asked = canonical_json.encode(inputs_json.document(planned.problem))
    names, clock = dict(planned.problem.directions), LocalClock.of(inputs_json.document(planned.problem))

    def row(reading: ZoneReading) -> dict[str, Any]:
        situation = Situation(case=read_as(case, reading))
        same = canonical_json.encode(inputs_json.document(problem_of(network, situation))) == asked
        lines = ["the plan stays the same: the network is the same to the byte"]
        if not same:
            found = difference(base, answered(network, situation, stop=stop, seed=seed))
            same, lines = found.same, difference_lines(found, names, clock)
        return {
            "name": reading.name, "sources": list(reading.sources), "empty": not reading.areas,
            "same": same, "lines": lines,
        }  # fmt: skip

    return [_zone(zone, [row(reading) for reading in readings(case, zone)]) for zone in zones(case)]


def _zone(zone: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    other = [row["name"] for row in rows if not row["same"]]
    if other:
        statement = f"The plan is not the same under each version: it differs read as {'; '.join(other)}."
    else:
        statement = "The plan is the same under each version, what they have in common, and what any holds."
    return {"zone": zone, "readings": rows, "statement": statement}


def zone_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what a terminal says of zones with versions."""
    lines = []
    for row in rows:
        lines.append(f"Zone {row['zone']}: {row['statement']}")
        for reading in row["readings"]:
            first, *rest = reading["lines"]
            empty = " (nothing)" if reading["empty"] else ""
            lines += [f"  {reading['name']}{empty}: {first}", *(f"    {line}" for line in rest)]
    return lines

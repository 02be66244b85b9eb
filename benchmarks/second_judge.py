"""A second simulator judges a plan: UXsim drives it, and `safepassage simulate --driven` compares.

    pip install uxsim
    python benchmarks/second_judge.py OUT DRIVEN.json [--until-h N]
    safepassage simulate OUT --driven DRIVEN.json

OUT is a folder a plan was written to. UXsim (MIT; Seo 2025, doi:10.21105/joss.07617) follows Newell's
simplified car following with queues that spread back, by seconds. It knows one kind of vehicle: a bus takes
the room of a car. Roads, capacities, ways and halts are those that SUMO is given; all else is its own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safepassage.casework.verified_plan import verified_plan
from safepassage.domain.simulation import SimulatedVehicle, Traffic, Trajectory
from safepassage.engines.simulate import records, traffic
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json, simulation_json

JAM_PER_M = 0.2
"""Cars a metre of lane in a jam, UXsim's own default."""
LOOK_S = 60
"""So often it is seen who has reached a halt."""


class Drive:
    """One vehicle: a trip of its own from halt to halt, for vehicles of UXsim do not stop on the way."""

    def __init__(self, vehicle: SimulatedVehicle) -> None:
        cuts = [hold.position + 1 for hold in vehicle.holds]
        self.vehicle, self.parts = vehicle, list(zip([0, *cuts], [*cuts, len(vehicle.arcs)], strict=True))
        self.trips: list[Any] = []
        self.ends: list[int] = []

    @property
    def next_arcs(self) -> tuple[int, ...]:
        """Arcs of the next trip, none when all are done."""
        first, last = self.parts[len(self.ends)] if len(self.ends) < len(self.parts) else (0, 0)
        return self.vehicle.arcs[first:last]

    def leaves_s(self) -> int:
        """Return when the next trip sets out: after the halt, and not before its planned moment."""
        if not self.ends:
            return self.vehicle.depart_s
        hold = self.vehicle.holds[len(self.ends) - 1]
        return max(hold.until_s, self.ends[-1] + hold.duration_s)

    def ended(self) -> bool:
        """Note the trip that is under way, if it has ended; its log is whole only when the world has."""
        if self.trips[-1].state == "end":
            self.ends.append(round(self.trips[-1].arrival_time))
        return self.trips[-1].state in {"end", "abort"}

    def trajectory(self) -> Trajectory:
        """Return what became of it."""
        entered = [
            [round(t) for t, at in trip.log_t_link if at not in {"home", "end"}] for trip in self.trips
        ]
        left = [[*rows[1:], end] for rows, end in zip(entered, [*self.ends, -1], strict=False)]
        done = len(self.ends) == len(self.parts)
        return Trajectory(
            vehicle=self.vehicle.id, depart_s=next((rows[0] for rows in entered if rows), -1),
            exits_s=tuple(t for rows in left for t in rows if t >= 0),
            halts_s=tuple(self.ends[:-1] if done else self.ends), arrive_s=self.ends[-1] if done else -1,
        )  # fmt: skip


def world_of(asked: Traffic, until_s: int) -> tuple[Any, dict[int, Any]]:
    """Return a UXsim world with the roads of a plan, and its links by arc."""
    import uxsim  # noqa: PLC0415 - installed by hand

    world = uxsim.World(
        name="plan", deltan=1, tmax=until_s, random_seed=0, print_mode=0, save_mode=0, show_mode=0,
        hard_deterministic_mode=True, vehicle_logging_timestep_interval=1, cpp=True,
    )  # fmt: skip
    for node, x, y in asked.nodes:
        world.addNode(f"n{node}", x, y)
    links = {}
    for road in asked.roads:
        flow = 1_000 / road.headway_ms
        links[road.arc] = world.addLink(
            f"a{road.arc}", f"n{road.tail}", f"n{road.head}", length=road.length_m,
            free_flow_speed=road.speed_mm_s / 1_000, jam_density_per_lane=JAM_PER_M,
            number_of_lanes=road.lanes, capacity_in=flow, capacity_out=flow,
        )  # fmt: skip
    return world, links


def driven(asked: Traffic, until_s: int) -> Iterator[Trajectory]:
    """Yield what becomes of each vehicle until a second."""
    world, links = world_of(asked, until_s)
    tails = {road.arc: f"n{road.tail}" for road in asked.roads}
    heads = {road.arc: f"n{road.head}" for road in asked.roads}
    drives = [Drive(vehicle) for vehicle in asked.vehicles]
    due = deque(sorted(drives, key=_order))
    moving: set[Drive] = set()
    # Logs are put together whenever nobody happens to be on the road: once, at the end, is enough.
    world.simulation_terminated, finished = (lambda: None), world.simulation_terminated
    for now in range(0, until_s, LOOK_S):
        while due and due[0].leaves_s() < now + LOOK_S:
            one = due.popleft()
            arcs = one.next_arcs
            leaves, name = max(now, one.leaves_s()), f"{one.vehicle.id}#{len(one.ends)}"
            trip = world.addVehicle(tails[arcs[0]], heads[arcs[-1]], leaves, name=name)
            trip.enforce_route([links[arc] for arc in arcs])
            one.trips.append(trip)
            moving.add(one)
        world.exec_simulation(duration_t=LOOK_S)
        # Who has no further trip is asked when all is over.
        done = [one for one in moving if len(one.trips) < len(one.parts) and one.ended()]
        moving.difference_update(done)
        due = deque(sorted([*due, *done], key=_order)) if done else due
    finished()
    for one in moving:
        one.ended()
    for one in drives:
        yield one.trajectory()


def _order(one: Drive) -> tuple[int, str]:
    return one.leaves_s(), one.vehicle.id


def main() -> int:
    """Drive a plan and write what happened."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("plan", type=Path)
    parser.add_argument("driven", type=Path)
    parser.add_argument(
        "--until-h", type=int, help="hours from the start (default: the plan's grid and an hour)"
    )
    options = parser.parse_args()
    given = verified_plan(options.plan)
    problem = inputs_json.parse(canonical_json.decode(given.inputs))
    asked = traffic(problem, plan_json.parsed_schedule(canonical_json.decode(given.plan)))
    until_s = 3_600 * options.until_h if options.until_h else problem.network.horizon_s + 3_600
    began = time.process_time()
    rows = records(asked, list(driven(asked, until_s)))
    found = simulation_json.driven(rows, by="UXsim", plan_sha256=given.hashes["plan_sha256"])
    options.driven.write_text(json.dumps(found), encoding="utf-8")
    arrived = sum(row.arrive_s >= 0 for row in rows)
    print(f"{arrived} of {len(rows)} movements arrive; {time.process_time() - began:.0f} processor seconds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

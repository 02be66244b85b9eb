"""Keeping an earlier plan: what is still possible stays as announced, the rest is given up or led round.

A movement that has departed goes on; where the road ahead does not let it, it is led round from where it can
first be turned, or ends there. A movement that has not departed keeps its seconds, or is moved a little on
its own way, or is given up, and its people ask anew.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from safepassage.domain import dwell
from safepassage.domain.case import Group
from safepassage.domain.history import History
from safepassage.domain.network import Mode
from safepassage.domain.plan import CarStream, Departure, Leg, LinkRide, Route, Schedule, Unserved, Waits
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem, Vehicle
from safepassage.engines.evacuate import ledger
from safepassage.engines.evacuate.exposure import capped_passage, passage_exposure
from safepassage.engines.evacuate.ledger import Claimant, SiteRoom
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.runs import Run, Runs, Use
from safepassage.engines.evacuate.stages import Item, Kind, Stage, Stages
from safepassage.engines.evacuate.trips import VehicleState, on_duty
from safepassage.engines.evacuate.ways import Carrier, Ways

NEVER_S = 10**9
LINK_MODES = int(Mode.FOOT | Mode.TRAIN | Mode.BOAT)
StreamKey = tuple[str, str, str, int, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The plan to keep: its schedule, and movements (ids) that are to be planned anew all the same."""

    schedule: Schedule
    freed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Kept:
    """What of an earlier plan stands, as the planners of cars and vehicles collect it."""

    streams: dict[StreamKey, list[Departure]] = field(default_factory=dict)
    legs: dict[str, list[Leg]] = field(default_factory=dict)
    rides: list[LinkRide] = field(default_factory=list)
    states: dict[str, VehicleState] = field(default_factory=dict)
    planned: defaultdict[Kind, int] = field(default_factory=lambda: defaultdict(int))
    stranded: tuple[Unserved, ...] = ()


@dataclass(slots=True)
class Keeper:
    """Puts an earlier plan on the roads of the problem as it is now."""

    problem: PlanningProblem
    earlier: Earlier
    history: History
    ways: Ways
    roads: Roadway
    room: SiteRoom
    kept: Kept = field(default_factory=Kept)
    _vehicles: dict[str, Vehicle] = field(default_factory=dict)
    _places: dict[str, PlacedPlace] = field(default_factory=dict)
    _state: dict[str, VehicleState] = field(default_factory=dict)
    _free: dict[str, tuple[int, int]] = field(default_factory=dict)
    _rows: dict[tuple[str, int], Leg] = field(default_factory=dict)
    _runs: Runs = field(init=False)
    _last: dict[str, Stage] = field(default_factory=dict)
    _worst: dict[tuple[str, Kind], int] = field(default_factory=dict)
    _out: set[str] = field(default_factory=set)

    def keep(self) -> Kept:
        """Book what stands; return it."""
        now_s, rules = self.history.now_s, self.problem.rules
        self._vehicles = {v.id: v for v in self.problem.fleet}
        self._places = {p.id: p for p in self.problem.places}
        stages = Stages.of(self.earlier.schedule, now_s)
        cars = self._cars()
        self._fit_demand(stages, cars)
        stages.fit_carers(ledger.who_travels_together(self.problem))
        self._runs = runs = Runs(self.problem, self.roads, now_s)
        self._rows = {(c.id, k): leg for c in self.earlier.schedule.vehicles for k, leg in enumerate(c.legs)}
        stages.every = [s for s in stages.every if self._stands(stages, s)]
        booked = [
            (stream, car, self._car_run(runs, stream, car, rules.car_units_mveh)) for stream, car in cars
        ]
        for stage in stages.every:
            stage.run = self._stage_run(runs, stage)
        runs.book([run for _, _, run in booked] + [s.run for s in stages.every if s.run is not None])
        self._take_rooms(stages, booked)
        for stream, car, run in booked:
            self._car(stream, car, run)
        for stage in stages.every:
            self._stage(stages, stage)
        self._collect(stages)
        return self.kept

    # -- what was planned ------------------------------------------------------------------------

    def _cars(self) -> list[tuple[CarStream, Departure]]:
        now_s, freed = self.history.now_s, self.earlier.freed
        return [
            (stream, car)
            for stream in self.earlier.schedule.cars
            for car in stream.departures
            if car.depart_s < now_s or stream.id not in freed
        ]

    def _stands(self, stages: Stages, stage: Stage) -> bool:
        """Tell whether a stage is to be kept; if not, its people do not set out on it."""
        gone = stage.id in self.earlier.freed or bool(stage.vehicle and stage.vehicle not in self._vehicles)
        if gone and not stage.begun:
            for item in stage.items:
                stages.give_up(stage, item, item.persons)
            return False
        return True

    def _fit_demand(self, stages: Stages, cars: list[tuple[CarStream, Departure]]) -> None:
        """Take out those for whom there is no demand any more, the last to leave first."""
        demand = demanded(self.problem)
        planned: defaultdict[Kind, int] = defaultdict(int)
        for stream, car in cars:
            planned[_car_kind(stream)] += car.persons
        for _, item in stages.origins():
            planned[item.kind] += item.persons
        excess = {kind: n - demand.get(kind, 0) for kind, n in planned.items() if n > demand.get(kind, 0)}
        if not excess:
            return
        for i in sorted(range(len(cars)), key=lambda i: (-cars[i][1].depart_s, -i)):
            stream, car = cars[i]
            fewer = min(car.persons, excess.get(_car_kind(stream), 0))
            if fewer and car.depart_s >= self.history.now_s:
                excess[_car_kind(stream)] -= fewer
                cars[i] = (stream, replace(car, persons=car.persons - fewer))
        cars[:] = [row for row in cars if row[1].persons]
        for stage, item in reversed(list(stages.origins())):
            fewer = min(item.persons, excess.get(item.kind, 0))
            if fewer and not stage.begun:
                excess[item.kind] -= fewer
                stages.withdraw(stage, item, fewer)

    def _car_run(self, runs: Runs, stream: CarStream, car: Departure, units: int) -> Run:
        route = self.earlier.schedule.routes[stream.route]
        use = Use(
            modes=int(Mode.CAR), directions=self.problem.direction_bit(stream.direction),
            weight_kg=self.problem.rules.car_weight_kg, units_mveh=units, persons=car.persons,
        )  # fmt: skip
        run = runs.run(route, car.depart_s, car.waits, use)
        if run.fits and not run.begun and self._exposure(run.whole(), None) > self._cap(stream.place):
            run.fits = False
        return run

    def _stage_run(self, runs: Runs, stage: Stage) -> Run:
        bits = 0
        for item in stage.items:
            if item.persons:
                bits |= self.problem.direction_bit(item.kind[1])
        if not stage.vehicle:
            use = Use(modes=LINK_MODES, directions=bits, weight_kg=0, units_mveh=0, persons=stage.persons)
            return runs.run(self._link(stage.number), stage.depart_s, (), use)
        vehicle, leg = self._vehicles[stage.vehicle], self._rows[stage.vehicle, stage.number]
        use = Use(
            modes=int(Mode.BUS), directions=bits, weight_kg=vehicle.weight_kg,
            units_mveh=vehicle.units_mveh, persons=stage.persons,
        )  # fmt: skip
        return runs.run(self.earlier.schedule.routes[stage.route], leg.depart_s, leg.waits, use)

    def _link(self, arc: int) -> Route:
        arcs = self.problem.network.arcs
        return Route(from_node=int(arcs.tail[arc]), to_node=int(arcs.head[arc]), arcs=(arc,))

    def _take_rooms(self, stages: Stages, booked: list[tuple[CarStream, Departure, Run]]) -> None:
        """Count everybody at the sites; who does not get there gives the room back."""
        for stream, car, _ in booked:
            self.room.take(stream.site, car.persons)
        for stage in stages.every:
            for item in stage.items:
                self.room.take(item.site, item.persons)

    # -- cars ------------------------------------------------------------------------------------

    def _car(self, stream: CarStream, car: Departure, run: Run) -> None:
        full = (self.room.room(stream.site) or 0) < 0
        if run.fits and stream.site and (run.begun or not full):
            self._add_car(stream, car, run.route, stream.site)
            return
        self.room.take(stream.site, -car.persons)
        if not run.begun:
            run.give_back(self.roads)
            return
        sites = [s for s in self.problem.sites(stream.direction) if self._holds(s.id, car.persons)]
        sites.sort(key=lambda s: (s.id != stream.site, s.id))
        carrier = Carrier(Mode.CAR, stream.direction, self.problem.rules.car_weight_kg)
        found = self._led_round(run, [(s.id, s.node) for s in sites], carrier)
        site, route, waits, _ = found or self._halted(run)
        self.room.take(site, car.persons)
        self._add_car(stream, replace(car, waits=waits), route, site)

    def _add_car(self, stream: CarStream, car: Departure, route: Route, site: str) -> None:
        number = self.ways.route(route.from_node, route.to_node, route.arcs)
        key = (stream.place, stream.direction, site, number, stream.reserve)
        self.kept.streams.setdefault(key, []).append(car)
        self.kept.planned[_car_kind(stream)] += car.persons

    def _holds(self, site: str, persons: int) -> bool:
        room = self.room.room(site)
        return room is None or room >= persons

    def _halted(self, run: Run) -> tuple[str, Route, Waits, int]:
        """End a run where it can first be stopped."""
        node, at_s = run.where(self.history.now_s)
        route = Route(from_node=run.route.from_node, to_node=node, arcs=run.route.arcs[: run.past])
        return "", route, tuple(w for w in run.waits if w[0] < run.past), at_s

    def _led_round(
        self, run: Run, ends: list[tuple[str, int]], carrier: Carrier
    ) -> tuple[str, Route, Waits, int] | None:
        """Lead a run that has begun to one of some ends, each (site, node), whichever it reaches first."""
        node, at_s = run.where(self.history.now_s)
        at_s, since_s = max(at_s, self.history.now_s), run.left[run.past - 1]
        best: tuple[Passage, str, int] | None = None
        for site, end in ends:
            rest = run.route.arcs[run.past :] if end == run.route.to_node else ()
            for arcs in dict.fromkeys([rest, *self.ways.candidates(carrier, node, end)]):
                permitted = bool(arcs) and self._runs.permitted(arcs, run.use)
                passage = self._passage_on(run, arcs, at_s) if permitted else None
                if passage is not None and (best is None or passage.arrive_s < best[0].arrive_s):
                    best = (passage, site, end)
        if best is None:
            return None
        passage, site, end = best
        self.roads.reserve(passage)
        waits = [w for w in run.waits if w[0] < run.past]
        if passage.depart_s > since_s:
            waits.append((run.past, passage.depart_s - since_s))
        waits += [(run.past + position, wait_s) for position, wait_s in passage.waits]
        route = Route(
            from_node=run.route.from_node, to_node=end, arcs=run.route.arcs[: run.past] + passage.arcs
        )
        return site, route, tuple(waits), passage.arrive_s

    def _passage_on(self, run: Run, arcs: tuple[int, ...], at_s: int) -> Passage | None:
        """Return the earliest passage from where a run stands; nobody waits where waiting places are full."""
        tail = int(self.problem.network.arcs.tail[arcs[0]])
        if tail != run.where(self.history.now_s)[0]:
            return None
        passage = self.roads.earliest(arcs, at_s, run.use.units_mveh, run.use.persons)
        if passage is None or not self.roads.within_window(run.depart_s, passage.arrive_s):
            return None
        waits = passage.depart_s > run.left[run.past - 1] and tail in self.problem.network.waiting
        return None if waits else passage

    # -- legs and rides --------------------------------------------------------------------------

    def _stage(self, stages: Stages, stage: Stage) -> None:
        run = stage.run
        assert run is not None  # noqa: S101 - every stage that stands has one
        if stage.begun:
            self._begun(stages, stage, run)
        elif not stage.vehicle:
            self._ride(stages, stage, run)
        else:
            self._later(stages, stage, run)

    def _ready(self, stage: Stage) -> int:
        """Return when those aboard may begin to board."""
        ready_s = 0
        for item in stage.items:
            if item.persons and item.after:
                ready_s = max(ready_s, self._free[item.after][0])
        return ready_s

    def _begun(self, stages: Stages, stage: Stage, run: Run) -> None:
        """Let a stage that had departed go on, lead it round, or end it where it stands."""
        arrive_s, route, waits = run.arrive_s, run.route, run.waits
        if not run.fits:
            found = self._led_round(run, self._ends(stage, run), self._carrier(stage))
            if found is None:
                self._forget_sites(stage)
                found = self._halted(run)
                stages.halt(stage)
            elif found[0]:
                self._send_to(stage, found[0])
            _, route, waits, arrive_s = found
        self._record(stages, stage, route, run.depart_s, waits, arrive_s)

    def _ends(self, stage: Stage, run: Run) -> list[tuple[str, int]]:
        """Return where a leg may lead: to its own end, or to another site if everybody aboard gets off."""
        ends = [("", run.route.to_node)]
        off = [item for item in stage.items if item.persons]
        if off and all(item.site for item in off) and len({item.kind[1] for item in off}) == 1:
            sites = self.problem.sites(off[0].kind[1])
            ends += [
                (s.id, s.node) for s in sites
                if s.node != run.route.to_node and self._holds(s.id, stage.persons)
            ]  # fmt: skip
        return ends

    def _send_to(self, stage: Stage, site: str) -> None:
        self._forget_sites(stage)
        for item in stage.items:
            item.site = site
            self.room.take(site, item.persons)

    def _forget_sites(self, stage: Stage) -> None:
        for item in stage.items:
            self.room.take(item.site, -item.persons)

    def _carrier(self, stage: Stage) -> Carrier:
        aboard = sorted({item.kind[1] for item in stage.items if item.persons})
        return Carrier(Mode.BUS, aboard[0] if aboard else "", self._vehicles[stage.vehicle].weight_kg)

    def _ride(self, stages: Stages, stage: Stage, run: Run) -> None:
        """Keep a ride, or take the next one that has room."""
        self._fit_rooms(stages, stage)
        persons, ready_s = stage.persons, self._ready(stage)
        if not persons:
            run.give_back(self.roads)
            return
        depart_s = stage.depart_s
        if not (run.fits and depart_s >= ready_s and self._within_cap(stages, stage, run.whole())):
            run.give_back(self.roads)
            passage = self._again(stages, stage, (stage.number,), max(ready_s, depart_s))
            if passage is None:
                self._give_up(stages, stage)
                return
            self.roads.reserve(passage)
            depart_s = passage.depart_s
        arrive_s = depart_s + self.problem.network.travel_in(stage.number, depart_s)
        self._record(stages, stage, run.route, depart_s, (), arrive_s)

    def _fit_rooms(self, stages: Stages, stage: Stage) -> None:
        """Give up those for whom a site has less room than when they were planned."""
        for item in stage.items:
            if item.persons and (self.room.room(item.site) or 0) < 0:
                for one in (item, *stage.companions(item)):
                    self.room.take(one.site, -one.persons)
                    stages.give_up(stage, one, one.persons)

    def _again(self, stages: Stages, stage: Stage, arcs: tuple[int, ...], ready_s: int) -> Passage | None:
        units = self._vehicles[stage.vehicle].units_mveh if stage.vehicle else 0
        passage, _ = capped_passage(
            self.roads, self.problem.network.hazard, arcs, ready_s=max(ready_s, self.history.now_s),
            units_mveh=units, persons=stage.persons, cap_ppm_s=self._tightest(stage),
        )  # fmt: skip
        return passage if passage is not None and self._within_cap(stages, stage, passage) else None

    def _give_up(self, stages: Stages, stage: Stage) -> None:
        for item in stage.items:
            self.room.take(item.site, -item.persons)
            stages.give_up(stage, item, item.persons)

    def _later(self, stages: Stages, stage: Stage, run: Run) -> None:
        """Keep a leg that has not departed, move it on its way, or give it and all later ones up."""
        self._fit_rooms(stages, stage)
        state, vehicle = self._standing(stages, stage.vehicle), self._vehicles[stage.vehicle]
        persons = stage.persons
        if stage.vehicle in self._out or state.node != run.route.from_node:
            self._drop(stages, stage, run)
            return
        before = self.kept.legs.get(stage.vehicle)
        loading_s = self.problem.rules.loading_s(persons, stage.boarding(before[-1].id if before else ""))
        ready_s = max(state.ready_s, self._ready(stage)) + loading_s
        if not persons and not self._may_be_empty(run):
            self._drop(stages, stage, run)
            return
        arrive_s, route, waits, depart_s = run.arrive_s, run.route, run.waits, run.depart_s
        if not (run.fits and depart_s >= ready_s and self._within_cap(stages, stage, run.whole())):
            run.give_back(self.roads)
            found = self._moved(stages, stage, run, max(ready_s, depart_s))
            if found is None:
                self._drop(stages, stage, run)
                return
            arrive_s, waits, depart_s = found.arrive_s, found.waits, found.depart_s
            route = replace(route, arcs=found.arcs)
            duty_s = depart_s if state.on_duty_s < 0 else state.on_duty_s
            if not on_duty(vehicle, duty_s, arrive_s):
                self._drop(stages, stage, run)
                return
            self.roads.reserve(found)
        elif not on_duty(vehicle, depart_s if state.on_duty_s < 0 else state.on_duty_s, arrive_s):
            self._drop(stages, stage, run)
            return
        self._record(stages, stage, route, depart_s, waits, arrive_s)

    def _may_be_empty(self, run: Run) -> bool:
        columns = self.problem.network.arcs
        return bool(columns.empty_ok[list(run.route.arcs)].all()) if run.route.arcs else True

    def _moved(self, stages: Stages, stage: Stage, run: Run, ready_s: int) -> Passage | None:
        """Return the same leg later or on another way, whichever arrives first."""
        route, carrier = run.route, self._carrier(stage)
        if len({item.kind[1] for item in stage.items if item.persons}) > 1:
            return None
        ways = dict.fromkeys([route.arcs, *self.ways.candidates(carrier, route.from_node, route.to_node)])
        best: Passage | None = None
        for arcs in ways:
            if arcs and not self._runs.permitted(arcs, run.use):
                continue
            passage = self._again(stages, stage, arcs, ready_s)
            if passage is not None and (best is None or passage.arrive_s < best.arrive_s):
                best = passage
        return best

    def _drop(self, stages: Stages, stage: Stage, run: Run) -> None:
        """Give a leg up, and with it all later ones of the vehicle."""
        run.give_back(self.roads)
        self._give_up(stages, stage)
        self._out.add(stage.vehicle)

    # -- what is so far --------------------------------------------------------------------------

    def _state_of(self, vehicle: str) -> VehicleState:
        if vehicle not in self._state:
            row = self._vehicles[vehicle]
            self._state[vehicle] = VehicleState(row.base_node, row.available_from_s)
        return self._state[vehicle]

    def _standing(self, stages: Stages, vehicle: str) -> VehicleState:
        """Return where a vehicle stands, unloaded: whoever does not go on with it after all has got off."""
        state, last = self._state_of(vehicle), self._last.get(vehicle)
        if last is None:
            return state
        unload_s = self.problem.rules.unloading_s(last.persons, stages.alighting(last))
        arrive_s = self._free[last.id][1]
        self._free[last.id] = (arrive_s + unload_s, arrive_s)
        return replace(state, ready_s=arrive_s + unload_s)

    def _record(
        self, stages: Stages, stage: Stage, route: Route, depart_s: int, waits: Waits, arrive_s: int
    ) -> None:
        """Note a stage as it now is."""
        stage.kept = True
        passage = Passage(depart_s, arrive_s, waits, route.arcs, (), (), {}, 0, 0)
        self._note_exposure(stages, stage, passage)
        if not stage.vehicle:
            self._free[stage.id] = (arrive_s, arrive_s)
            self.kept.rides.append(
                LinkRide(id=stage.id, arc=stage.number, depart_s=depart_s, load=stage.load())
            )
            return
        unload_s = self.problem.rules.unloading_s(stage.persons, stages.alighting(stage))
        self._free[stage.id] = (arrive_s + unload_s, arrive_s)
        self._last[stage.vehicle] = stage
        state = self._state_of(stage.vehicle)
        duty_s = depart_s if state.on_duty_s < 0 else state.on_duty_s
        self._state[stage.vehicle] = VehicleState(route.to_node, arrive_s + unload_s, duty_s, state.legs)
        number = self.ways.route(route.from_node, route.to_node, route.arcs)
        leg = Leg(id=stage.id, route=number, depart_s=depart_s, waits=waits, arrive_s=arrive_s)
        self.kept.legs.setdefault(stage.vehicle, []).append(leg)

    def _cap(self, place: str) -> int:
        cap = self.problem.rules.cap_ppm_s(self._places[place])
        return NEVER_S * NEVER_S if cap < 0 else cap

    def _tightest(self, stage: Stage) -> int:
        caps = (self._cap(item.kind[0]) for item in stage.items if item.persons)
        tightest = min(caps, default=NEVER_S * NEVER_S)
        return -1 if tightest == NEVER_S * NEVER_S else tightest

    def _exposure(self, passage: Passage, since_s: int | None) -> int:
        return passage_exposure(passage, self.problem.network.hazard, waiting_since_s=since_s)

    def _journey(self, stages: Stages, item: Item, passage: Passage) -> int:
        before = stages.before(item)
        since_s = None if before is None or before.run is None else self._free[before.id][1]
        return self._worst.get((item.after, item.kind), 0) + self._exposure(passage, since_s)

    def _within_cap(self, stages: Stages, stage: Stage, passage: Passage) -> bool:
        """Tell whether nobody aboard exceeds the cap; those who had set out before now go on in any case."""
        if not self.problem.is_capped or not self.problem.network.hazard:
            return True
        return all(
            self._journey(stages, item, passage) <= self._cap(item.kind[0])
            for item in stage.items
            if item.persons
        )

    def _note_exposure(self, stages: Stages, stage: Stage, passage: Passage) -> None:
        if not self.problem.is_capped or not self.problem.network.hazard:
            return
        times = self._seconds(passage)
        for item in stage.items:
            key = (stage.id, item.kind)
            so_far = 0 if stage.begun else self._journey(stages, item, replace(passage, seconds=times))
            self._worst[key] = max(so_far, self._worst.get(key, 0))

    def _seconds(self, passage: Passage) -> tuple[int, ...]:
        t, waited, found = passage.depart_s, dict(passage.waits), []
        for position, arc in enumerate(passage.arcs):
            t += waited.get(position, 0)
            found.append(t)
            t += self.problem.network.travel_in(arc, t)
        return tuple(found)

    # -- the result ------------------------------------------------------------------------------

    def _collect(self, stages: Stages) -> None:
        """Fill in who is aboard, where vehicles stand, who is planned and who is stranded."""
        loads = {s.id: s.load() for s in stages.every if s.kept}
        kept = self.kept
        for vehicle, legs in kept.legs.items():
            now = [replace(leg, load=loads[leg.id]) for leg in legs]
            while now and not now[-1].load and now[-1].depart_s >= self.history.now_s:
                now.pop()
            self._state[vehicle] = self._after(vehicle, now)
            kept.legs[vehicle] = now
        kept.rides = [replace(r, load=loads[r.id]) for r in kept.rides if loads[r.id]]
        highest: dict[str, int] = defaultdict(int)
        for chain in self.earlier.schedule.vehicles:
            for leg in chain.legs:
                highest[chain.id] = max(highest[chain.id], _number(leg.id))
        for vehicle, state in self._state.items():
            kept.states[vehicle] = replace(state, legs=highest[vehicle])
        for _, item in stages.origins():
            kept.planned[item.kind] += item.persons
        self._count_rooms()
        self._leave_stranded(stages)

    def _count_rooms(self) -> None:
        """Count at the sites only those who get there."""
        self.room.left = SiteRoom.of(self.problem).left
        for (_, _, site, _, _), cars in self.kept.streams.items():
            self.room.take(site, sum(car.persons for car in cars))
        stages = [leg.load for legs in self.kept.legs.values() for leg in legs]
        for load in [*stages, *(ride.load for ride in self.kept.rides)]:
            for item in load:
                self.room.take(item.site, item.persons)

    def _halted_there(self, stages: Stages, stage: str) -> bool:
        """Tell whether a leg was ended before the place it was to lead to."""
        row = next(s for s in stages.every if s.id == stage)
        return row.begun and not any(item.site for item in row.items)

    def _after(self, vehicle: str, legs: list[Leg]) -> VehicleState:
        """Return where a vehicle stands after its last leg."""
        if not legs:
            row = self._vehicles[vehicle]
            return VehicleState(row.base_node, row.available_from_s)
        last = legs[-1]
        free_s = last.arrive_s + dwell.unloading_s(self.problem.rules, last, None)
        return VehicleState(self.ways.routes[last.route].to_node, free_s, legs[0].depart_s)

    def _leave_stranded(self, stages: Stages) -> None:
        """Name those who are under way without a way on, and keep the vehicles they sit in with them."""
        found: defaultdict[Kind, int] = defaultdict(int)
        vehicle_of = {legs[-1].id: vehicle for vehicle, legs in self.kept.legs.items() if legs}
        for (stage, kind), persons in stages.stranded().items():
            found[kind] += persons
            vehicle = vehicle_of.get(stage)
            if vehicle is not None and self._halted_there(stages, stage):
                # Nobody leaves people by the roadside to fetch others.
                self.kept.states[vehicle] = replace(self.kept.states[vehicle], ready_s=NEVER_S)
        for (place, direction, site, _, reserve), cars in self.kept.streams.items():
            if not site:
                kind = (place, direction, str(Group.OWN_VEHICLE), reserve)
                found[kind] += sum(car.persons for car in cars)
        for kind, persons in found.items():
            if kind[3]:
                # A reserve is held for people who have not decided: it is held anew.
                self.kept.planned[kind] -= persons
        self.kept.stranded = tuple(
            Unserved(
                place=place, direction=direction, group=group, persons=persons, reason=ledger.CUT_OFF,
                detail="under way, and no way leads on",
            )
            for (place, direction, group, reserve), persons in sorted(found.items())
            if persons and not reserve
        )  # fmt: skip


def _number(leg_id: str) -> int:
    tail = leg_id.rsplit("/", 1)[-1]
    return int(tail) if tail.isdecimal() else 0


def _car_kind(stream: CarStream) -> Kind:
    return stream.place, stream.direction, str(Group.OWN_VEHICLE), stream.reserve


def demanded(problem: PlanningProblem) -> dict[Kind, int]:
    """Return the persons who may be planned, by kind; reserves once per direction."""
    found: dict[Kind, int] = {}
    for reserve in (False, True):
        for claim in ledger.claimants(problem, reserve=reserve):
            for group, persons in claim.remaining.items():
                found[claim.place.id, claim.direction, group, reserve] = persons
    return found


def subtract(claims: list[Claimant], kept: Kept, now_s: int) -> None:
    """Leave in claims those who are not planned yet; nobody of them departs before now."""
    for claim in claims:
        claim.place = replace(claim.place, release_s=max(claim.place.release_s, now_s))
        for group in claim.remaining:
            claim.remaining[group] -= kept.planned.get(
                (claim.place.id, claim.direction, group, claim.reserve), 0
            )

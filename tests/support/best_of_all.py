"""The best joint plan of a very small case, by an integer program over every second: slow, and plainly so.

A second formulation that shares nothing with the planner's prices. Cars are whole numbers by route and
second of departure, vehicles whole numbers by leg and second in a network of nodes and seconds, and what an
arc has taken in is a bucket that empties at its capacity: the rule for all intervals at once. A vehicle
brings people from one place at a time and nobody waits on the way, so that a true optimum may be better
still, never worse: what is found is a plan, and `plan` writes it down for the verifier.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from safepassage.testing.tiny_plans import TinyPlan, item

GROUPS = ("own_vehicle", "needs_transport")


def simple_ways(inputs: dict[str, Any], start: int, end: int) -> list[tuple[int, ...]]:
    """Return every way without a loop, as arcs."""
    arcs, found = inputs["network"]["arcs"], []

    def walk(node: int, way: tuple[int, ...], seen: frozenset[int]) -> None:
        if node == end:
            found.append(way)
            return
        for arc, tail in enumerate(arcs["tail"]):
            head = arcs["head"][arc]
            if tail == node and head not in seen and arcs["capacity_mveh_h"][arc] > 0:
                walk(head, (*way, arc), seen | {head})

    walk(start, (), frozenset({start}))
    return found


@dataclass
class Program:
    """A minimisation that grows row by row; every column is a whole number unless it is said to be none."""

    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, cost: float = 0.0, most: float = np.inf, *, whole: bool = True) -> int:
        self.cost.append(cost)
        self.most.append(most)
        self.whole.append(int(whole))
        return len(self.cost) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def solve(self) -> np.ndarray | None:
        """Return the columns of an optimum, None where there is no solution."""
        if not self.cost:
            return np.zeros(0)
        entries = [(i, j, v) for i, (terms, _, _) in enumerate(self.rows) for j, v in terms.items()]
        i, j, v = (np.array(part) for part in zip(*entries, strict=True))
        matrix = coo_array((v, (i, j)), shape=(len(self.rows), len(self.cost))).tocsr()
        low, high = (np.array([row[k] for row in self.rows]) for k in (1, 2))
        found = milp(
            np.array(self.cost), integrality=np.array(self.whole), bounds=Bounds(0, np.array(self.most)),
            constraints=LinearConstraint(matrix, low, high), options={"mip_rel_gap": 0.0},
        )  # fmt: skip
        return None if found.x is None else np.rint(found.x)


class BestOfAll:
    """The program of one case: cars and seats, roads and sites shared by all directions."""

    def __init__(self, inputs: dict[str, Any], *, last_s: int | None = None) -> None:
        self.inputs, self.horizon_s = inputs, inputs["horizon_s"]
        self.last_s = self.horizon_s if last_s is None else last_s
        self.program = Program()
        self.cars: list[tuple[int, dict[str, Any], dict[str, Any], tuple[int, ...], int]] = []
        self.legs: list[tuple[int, int, tuple[int, ...], int, Any, Any, int]] = []
        self._units: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        self._into: dict[str, dict[int, float]] = defaultdict(dict)
        self._taken: dict[int, dict[int, float]] = defaultdict(dict)
        self._balance: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        self.places = {place["id"]: place for place in inputs["places"]}
        self.sites = [place for place in inputs["places"] if place["direction"]]
        self._drive()
        self._carry()
        self._limits()

    def _enter(self, column: int, way: tuple[int, ...], depart_s: int, units: float) -> int:
        """Book a way from a second on; return the second of arrival."""
        t = depart_s
        for arc in way:
            if t < self.horizon_s:
                terms = self._units[arc, t]
                terms[column] = terms.get(column, 0.0) + units
            t += self.inputs["network"]["arcs"]["travel_s"][arc]
        return t

    def _length(self, way: tuple[int, ...]) -> int:
        return sum(self.inputs["network"]["arcs"]["travel_s"][arc] for arc in way)

    def _drive(self) -> None:
        rules, horizon_s = self.inputs["rules"], self.horizon_s
        for k, row in enumerate(self.inputs["demand"]):
            if row["group"] != "own_vehicle":
                continue
            place = self.places[row["place"]]
            for site in self._sites_of(row):
                for way in simple_ways(self.inputs, place["node"], site["node"]):
                    for t in range(place["release_s"], self.last_s - self._length(way) + 1):
                        column = self.program.column(t + self._length(way) - horizon_s)
                        self._enter(column, way, t, rules["car_units_mveh"])
                        self._taken[k][column] = self._into[site["id"]][column] = 1.0
                        self.cars.append((column, row, site, way, t))

    def _sites_of(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return [site for site in self.sites if site["direction"] == row["direction"]]

    def _carry(self) -> None:
        fleet = self.inputs["fleet"]
        if not fleet:
            return
        self._start = (fleet[0]["base_node"], fleet[0]["available_from_s"])
        seated = [k for k, row in enumerate(self.inputs["demand"]) if row["group"] == "needs_transport"]
        place_of = {k: self.places[self.inputs["demand"][k]["place"]] for k in seated}
        self._stand({self._start[0], *(site["node"] for site in self.sites)},
                    {place["pickup_node"] for place in place_of.values()})  # fmt: skip
        for k, place in place_of.items():
            for site in self._sites_of(self.inputs["demand"][k]):
                for way in simple_ways(self.inputs, place["pickup_node"], site["node"]):
                    self._bring(fleet[0], k, place, site, way)

    def _stand(self, ends: set[int], pickups: set[int]) -> None:
        """Let vehicles stand where they are, and go empty to where people are picked up."""
        for node, t in itertools.product(sorted(ends | pickups), range(self.horizon_s)):
            column = self.program.column()
            self._balance[node, t][column] = -1.0
            if t + 1 < self.horizon_s:
                self._balance[node, t + 1][column] = 1.0
        for a, b in itertools.product(sorted(ends | pickups), sorted(pickups)):
            for way in simple_ways(self.inputs, a, b) if a != b else ():
                for t in range(self.horizon_s - self._length(way)):
                    self._leg(self.inputs["fleet"][0], way, (t, a, t), (b, 0))

    def _bring(
        self, vehicle: dict[str, Any], k: int, place: dict[str, Any], site: dict[str, Any],
        way: tuple[int, ...],
    ) -> None:  # fmt: skip
        """Add the legs that bring people of a row to a site along a way, at every second."""
        row, rules = self.inputs["demand"][k], self.inputs["rules"]
        load_s, node = rules["load_base_s"], place["pickup_node"]
        for t in range(place["release_s"] + load_s, self.last_s - self._length(way) + 1):
            ends = site["node"], rules["unload_base_s"]
            leg = self._leg(vehicle, way, (t - load_s, node, t), ends, row, site)
            persons = self.program.column(t + self._length(way) - self.horizon_s)
            self.program.row({persons: 1.0, leg: -float(vehicle["seats"])}, -np.inf, 0.0)
            self._taken[k][persons] = self._into[site["id"]][persons] = 1.0
            self.legs[-1] = (*self.legs[-1][:6], persons)

    def _leg(
        self, vehicle: dict[str, Any], way: tuple[int, ...], begins: tuple[int, int, int],
        ends: tuple[int, int], row: Any = None, site: Any = None,
    ) -> int:  # fmt: skip
        from_s, node, depart_s = begins
        column = self.program.column()
        end = self._enter(column, way, depart_s, vehicle["units_mveh"])
        self._balance[node, from_s][column] = -1.0
        if end + ends[1] < self.horizon_s:
            self._balance[ends[0], end + ends[1]][column] = 1.0
        self.legs.append((column, node, way, depart_s, row, site, -1))
        return column

    def _limits(self) -> None:
        program, fleet = self.program, self.inputs["fleet"]
        for k, terms in self._taken.items():
            program.row(terms, 0, self.inputs["demand"][k]["persons"])
        for site in self.sites:
            if site["capacity_persons"] >= 0 and self._into[site["id"]]:
                program.row(self._into[site["id"]], 0, site["capacity_persons"])
        for (node, t), terms in self._balance.items():
            begin = len(fleet) if (node, t) == self._start else 0
            program.row(terms, -begin, -begin)
        rules, arcs = self.inputs["rules"], self.inputs["network"]["arcs"]
        burst = max([rules["car_units_mveh"], *(v["units_mveh"] for v in fleet)])
        for arc in {arc for arc, _ in self._units}:
            level = None
            for t in range(self.horizon_s):
                # level(t + 1) >= level(t) + what enters - what passes in a second, from 0 up to the burst
                after = program.column(0.0, float(burst), whole=False)
                terms = {after: 3600.0}
                if level is not None:
                    terms[level] = -3600.0
                for column, units in self._units[arc, t].items():
                    terms[column] = -3600.0 * units
                program.row(terms, -float(arcs["capacity_mveh_h"][arc]), np.inf)
                level = after

    def solved(self) -> tuple[int, int, dict[str, Any]]:
        """Return person-seconds, persons served and the plan that has them."""
        found = self.program.solve()
        assert found is not None
        demand = sum(row["persons"] for row in self.inputs["demand"])
        value = demand * self.horizon_s + round(float(np.dot(self.program.cost, found)))
        served = sum(round(float(found[c])) for terms in self._taken.values() for c in terms)
        return value, served, self._plan(found)

    def most(self, direction: str, commodity: str = "persons") -> int:
        """Return the most persons of a commodity and direction who can have arrived by `last_s`."""
        groups = {"cars": ("own_vehicle",), "seated": ("needs_transport",)}.get(commodity, GROUPS)
        rows = enumerate(self.inputs["demand"])
        asked = {k for k, row in rows if row["direction"] == direction and row["group"] in groups}
        mine = {column for k in asked for column in self._taken.get(k, ())}
        kept, self.program.cost = (
            self.program.cost,
            [-1.0 if j in mine else 0.0 for j in range(len(self.program.cost))],
        )
        found, self.program.cost = self.program.solve(), kept
        assert found is not None
        return round(sum(float(found[j]) for j in mine))

    def _plan(self, found: np.ndarray) -> dict[str, Any]:
        plan = TinyPlan(self.inputs)
        for column, row, site, way, t in self.cars:
            for _ in range(int(found[column])):
                plan.cars(row["place"], site["id"], plan.route(*way, at=site["node"]), [t],
                          direction=row["direction"])  # fmt: skip
        for vehicle, legs in zip(self.inputs["fleet"], self._chains(found), strict=False):
            for node, way, t, row, site, persons in legs:
                load = (
                    []
                    if not persons
                    else [item(row["place"], persons, site=site["id"], direction=row["direction"])]
                )
                plan.leg(vehicle["id"], plan.route(*way, at=node), t, *load)
        return plan.plan()

    def _chains(self, found: np.ndarray) -> list[list[Any]]:
        """Return the legs of each vehicle: at each departure one that stands there goes."""
        rules, fleet = self.inputs["rules"], self.inputs["fleet"]
        at = [(self._start[1], self._start[0]) for _ in fleet] if fleet else []
        chains: list[list[Any]] = [[] for _ in fleet]
        for column, node, way, t, row, site, carried in sorted(self.legs, key=lambda leg: leg[3]):
            aboard = int(found[carried]) if carried >= 0 else 0
            for _ in range(int(found[column])):
                from_s = t - (rules["load_base_s"] if row else 0)
                number = next(n for n, (free_s, where) in enumerate(at) if where == node and free_s <= from_s)
                persons, aboard = min(aboard, fleet[0]["seats"]), max(0, aboard - fleet[0]["seats"])
                end = t + self._length(way)
                free_s = end + (rules["unload_base_s"] if row else 0)
                at[number] = free_s, self.inputs["network"]["arcs"]["head"][way[-1]]
                chains[number].append((node, way, t, row, site, persons))
        return chains

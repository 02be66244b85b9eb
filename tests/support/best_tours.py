"""The best tours of one vehicle in a very small case, by trying all: who boards where, and where next.

Shares nothing with the planner or the verifier but the inputs. Any tour is a plan, so no bound may be above
what the best of them takes.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safepassage_verify.snapshot import COMMODITY

MOST_LEGS = 7
Load = tuple[int, ...]


@dataclass
class BestTours:
    """All tours of the only vehicle of a case, for persons who sit; roads close once at most."""

    inputs: Mapping[str, Any]
    best: int = 0
    _close: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows, places = self.inputs["demand"], {row["id"]: row for row in self.inputs["places"]}
        self.people = [
            (places[r["place"]]["pickup_node"], r["direction"], r["group"], places[r["place"]]["release_s"])
            for r in rows
        ]
        assert all(COMMODITY[group] == "seated" for _, _, group, _ in self.people)
        self.waiting = tuple(r["persons"] for r in rows)
        self.sites: dict[int, set[str]] = {}
        for row in places.values():
            if row["kind"] == "reception_site":
                self.sites.setdefault(row["node"], set()).add(row["direction"])
        for arc, pieces in self.inputs["network"]["profiles"]:
            self._close[arc] = next(row[0] for row in pieces if row[2] == 0)
        (self.vehicle,) = self.inputs["fleet"]

    def solved(self) -> int:
        """Return the least person-seconds of all tours, the horizon for whoever stays."""
        horizon_s = self.inputs["horizon_s"]
        self.best = horizon_s * sum(self.waiting)
        start = (self.vehicle["base_node"], self.vehicle["available_from_s"])
        self._try(start, tuple(0 for _ in self.waiting), self.waiting, 0, MOST_LEGS)
        return self.best

    def _try(self, at: tuple[int, int], aboard: Load, waiting: Load, sum_s: int, legs: int) -> None:
        (node, ready_s), horizon_s = at, self.inputs["horizon_s"]
        self.best = min(self.best, sum_s + horizon_s * (sum(waiting) + sum(aboard)))
        # Whoever has not arrived does so later than now, or never.
        if not legs or sum_s + ready_s * (sum(waiting) + sum(aboard)) >= self.best:
            return
        for boards in self._boarding(node, aboard, waiting):
            now = [a + b for a, b in zip(aboard, boards, strict=True)]
            begin = max([ready_s, *(self.people[i][3] for i, n in enumerate(boards) if n)])
            depart = begin + self._takes("load", now, boards)
            left = tuple(w - b for w, b in zip(waiting, boards, strict=True))
            goals = {self.people[i][0] for i, n in enumerate(left) if n}
            goals |= {site for site, names in self.sites.items()
                      if any(n and self.people[i][1] in names for i, n in enumerate(now))}  # fmt: skip
            for goal in sorted(goals - {node}):
                arrive = self._arrival(node, depart, goal)
                if arrive <= horizon_s:
                    self._arrived(goal, arrive, now, left, sum_s, legs - 1)

    def _arrived(self, goal: int, at_s: int, aboard: list[int], left: Load, sum_s: int, legs: int) -> None:
        names = self.sites.get(goal, set())
        off = [n if self.people[i][1] in names else 0 for i, n in enumerate(aboard)]
        ready_s = at_s + self._takes("unload", aboard, off)
        on = tuple(a - o for a, o in zip(aboard, off, strict=True))
        self._try((goal, ready_s), on, left, sum_s + at_s * sum(off), legs)

    def _boarding(self, node: int, aboard: Load, waiting: Load) -> Iterator[Load]:
        room = self.vehicle["seats"] - sum(aboard)
        ranges = [range(n + 1 if self.people[i][0] == node else 1) for i, n in enumerate(waiting)]
        return (boards for boards in itertools.product(*ranges) if sum(boards) <= room)

    def _takes(self, what: str, aboard: list[int], moved: Load | list[int]) -> int:
        rules = self.inputs["rules"]
        help_s = {row["group"]: row[f"{what}_s"] for row in rules.get("help_times", ())}
        more = sum(n * help_s.get(self.people[i][2], 0) for i, n in enumerate(moved))
        each = rules[f"{what}_per_person_s"] * sum(aboard) + more
        return rules[f"{what}_base_s"] + each if sum(aboard) else 0

    def _arrival(self, start: int, depart: int, goal: int) -> int:
        """Return the earliest arrival; an arc is left before it closes."""
        arcs, never = self.inputs["network"]["arcs"], self.inputs["horizon_s"] + 1
        heap, seen = [(depart, start)], set()
        while heap:
            t, node = heapq.heappop(heap)
            if node == goal:
                return t
            if node in seen:
                continue
            seen.add(node)
            for arc, tail in enumerate(arcs["tail"]):
                after = t + arcs["travel_s"][arc]
                if tail == node and after <= self._close.get(arc, never):
                    heapq.heappush(heap, (after, arcs["head"][arc]))
        return never

"""Checks a shuttle plan from its plain document: who boards which trip, when it arrives, what it is worth.

The document of a problem has `groups` (place, parties, carers, seats, wheelchair, stretcher, board_ms),
`shelters` (capacity_persons, hard), `vehicles` (seats, wheelchair, stretcher, first_ms, until_ms), `travel`
(out_ms, between_ms, home_ms as lists of lists) and `rules` (stop_ms, unload_ms, last_persons, over_ms,
waits_until). That of a plan has `tours`: per vehicle its trips, each with `pickups` (group, parties) and
`shelter`; and `left`. All numbers are whole; -1 stands for "no way" and "no limit".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = ("seats", "wheelchair", "stretcher")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleVerdict:
    """What the check found: `violations` in sentences, and the sums it made itself."""

    violations: tuple[str, ...]
    waiting: int
    last_ms: int
    over_persons: int
    left_persons: int
    value: int

    @property
    def verified(self) -> bool:
        """Whether nothing is violated."""
        return not self.violations


@dataclass(slots=True)
class _Count:
    """What is added up while the tours are driven."""

    problem: Mapping[str, Any]
    fetched: list[int]
    brought: list[int]
    waiting: int = 0
    last_ms: int = 0
    faults: list[str] = field(default_factory=list)


def check_shuttle(problem: Mapping[str, Any], plan: Mapping[str, Any]) -> ShuttleVerdict:
    """Return what is wrong with a plan and what it is worth; nothing of the planner is used."""
    count = _Count(problem, [0] * len(problem["groups"]), [0] * len(problem["shelters"]))
    if len(plan["tours"]) > len(problem["vehicles"]):
        count.faults.append("there are more tours than vehicles")
    for k, (vehicle, tour) in enumerate(zip(problem["vehicles"], plan["tours"], strict=False)):
        _drive(count, f"vehicle {k}", vehicle, tour)
    over = _people(count, plan["left"])
    rules = problem["rules"]
    value = count.waiting + rules["last_persons"] * (count.last_ms + rules["over_ms"] * over)
    left = sum(
        parties * (1 + group["carers"])
        for parties, group in zip(plan["left"], problem["groups"], strict=True)
    )
    return ShuttleVerdict(
        violations=tuple(count.faults),
        waiting=count.waiting,
        last_ms=count.last_ms,
        over_persons=over,
        left_persons=left,
        value=value,
    )


def _drive(count: _Count, name: str, vehicle: Mapping[str, Any], tour: Sequence[Mapping[str, Any]]) -> None:
    """Follow one vehicle from its first trip to its last."""
    legs, now, at_shelter = count.problem["travel"], 0, -1
    for k, trip in enumerate(tour):
        where = f"{name}, trip {k}"
        if not trip["pickups"] or not 0 <= trip["shelter"] < len(count.brought):
            count.faults.append(f"{where}: a trip fetches somebody and ends at a shelter")
            return
        place = count.problem["groups"][trip["pickups"][0]["group"]]["place"]
        leg = vehicle["first_ms"][place] if k == 0 else legs["out_ms"][at_shelter][place]
        arrived = _after(count, where, now, leg)
        now, persons, handled_ms = _load(count, where, (vehicle, trip), arrived)
        at_shelter = trip["shelter"]
        last_place = count.problem["groups"][trip["pickups"][-1]["group"]]["place"]
        now = _after(count, where, now, legs["home_ms"][last_place][at_shelter])
        if count.problem["rules"]["waits_until"] == "shelter":
            count.waiting += persons * now
        count.brought[at_shelter] += persons
        count.last_ms = max(count.last_ms, now)
        if 0 <= vehicle["until_ms"] < now:
            count.faults.append(f"{where}: arrives after the vehicle's last hour")
        now += count.problem["rules"]["unload_ms"] + handled_ms


def _after(count: _Count, where: str, now: int, leg_ms: int) -> int:
    if leg_ms < 0:
        count.faults.append(f"{where}: uses a way that does not exist")
    return now + leg_ms


def _load(
    count: _Count, where: str, who: tuple[Mapping[str, Any], Mapping[str, Any]], arrived: int
) -> tuple[int, int, int]:
    """Board everybody of a trip; return (when it leaves the last place, persons aboard, handling in all)."""
    vehicle, trip = who
    rules, between = count.problem["rules"], count.problem["travel"]["between_ms"]
    now, persons, handled_ms, at_place = arrived + rules["stop_ms"], 0, 0, -1
    taken = dict.fromkeys(KINDS, 0)
    for pickup in trip["pickups"]:
        group = count.problem["groups"][pickup["group"]]
        if at_place not in {-1, group["place"]}:
            arrived = _after(count, where, now, between[at_place][group["place"]])
            now = arrived + rules["stop_ms"]
        at_place = group["place"]
        if pickup["parties"] <= 0:
            count.faults.append(f"{where}: a stop fetches nobody")
        here = pickup["parties"] * (1 + group["carers"])
        if rules["waits_until"] == "pickup":
            count.waiting += here * arrived
        persons += here
        count.fetched[pickup["group"]] += pickup["parties"]
        now += pickup["parties"] * group["board_ms"]
        handled_ms += pickup["parties"] * group["board_ms"]
        for kind in KINDS:
            taken[kind] += pickup["parties"] * group[kind]
    short = [kind for kind in KINDS if taken[kind] > vehicle[kind]]
    if short:
        count.faults.append(f"{where}: too many aboard ({', '.join(short)})")
    return now, persons, handled_ms


def _people(count: _Count, left: Sequence[int]) -> int:
    """Check that everybody is fetched once or left; return persons above the capacities."""
    for k, group in enumerate(count.problem["groups"]):
        if left[k] < 0 or count.fetched[k] + left[k] != group["parties"]:
            count.faults.append(
                f"group {k}: {count.fetched[k]} fetched and {left[k]} left of {group['parties']}"
            )
    over = 0
    for k, shelter in enumerate(count.problem["shelters"]):
        room = shelter["capacity_persons"]
        beyond = max(0, count.brought[k] - room) if room >= 0 else 0
        if beyond and shelter["hard"]:
            count.faults.append(f"shelter {k}: {beyond} persons more than it may take")
        over += beyond
    return over

"""Holds carers to those they care for: nobody who has a carer travels without enough of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from safepassage_verify.people import Kind, Stage
from safepassage_verify.snapshot import CARERS, Snapshot
from safepassage_verify.verdict import Findings

Together = tuple[str, str, bool, str, str]
"""Place, direction, reserve, the leg they came with, the site they are led to: those who travel as one."""


def check_carers(stages: Iterable[Stage], snapshot: Snapshot, findings: Findings) -> None:
    """Note legs and rides on which people of a place travel with too few carers; not those of the past."""
    begun: set[tuple[str, Kind]] = set()
    for stage in sorted(stages, key=lambda stage: (stage.depart_s, stage.arrive_s)):
        aboard: dict[Together, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for item in stage.load:
            place, direction, group, _ = item.kind
            if stage.depart_s < snapshot.now_s or (item.after, item.kind) in begun:
                begun.add((stage.id, item.kind))
                continue
            aboard[place, direction, item.reserve, item.after, item.site][group] += item.persons
        for (place, direction, reserve, _, _), groups in sorted(aboard.items()):
            for group in CARERS:
                if groups.get(group):
                    _check(stage, (place, direction, group, reserve), groups, snapshot, findings)


def _check(stage: Stage, who: Kind, groups: dict[str, int], snapshot: Snapshot, findings: Findings) -> None:
    place, direction, group, reserve = who
    everybody, carers = (_in_all(snapshot, place, direction, g, reserve) for g in (group, CARERS[group]))
    if not carers:
        return
    needed, there = least_carers(groups[group], everybody, carers), groups.get(CARERS[group], 0)
    message = f"{groups[group]} persons {group} of {place!r} travel with {there} carers, they need {needed}"
    findings.require("CARERS", stage.where, holds=there >= needed, message=message)


def _in_all(snapshot: Snapshot, place: str, direction: str, group: str, reserve: bool) -> int:  # noqa: FBT001
    if reserve:
        return snapshot.undecided.get((place, group), 0)
    return snapshot.decided.get((place, direction, group), 0)


def least_carers(persons: int, everybody: int, carers: int) -> int:
    """Return the fewest carers who travel with some of `everybody`, who have so many `carers` together."""
    if not everybody or not carers:
        return 0
    if carers >= everybody:
        return persons * (carers // everybody)
    most_each = (everybody + carers - 1) // carers
    return (persons + most_each - 1) // most_each

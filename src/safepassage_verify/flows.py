"""Checks everything that happens on arcs and at waiting places: openings, timetables, capacities, storage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from safepassage_verify.roads import Int64, Roads, int64
from safepassage_verify.snapshot import Rules, Snapshot
from safepassage_verify.trips import Block, Stays, Travel, Trips
from safepassage_verify.verdict import MOST_PER_CODE, Findings

SECONDS_PER_HOUR = 3600
_MOST_SUM = 2**61


def check_flows(trips: Trips, happens: Travel, snapshot: Snapshot, findings: Findings) -> None:
    """Note entries of closed arcs, off the timetable or beyond capacity, and waits too long or too many."""
    entries = happens.entries
    holds = entries.heaviest * SECONDS_PER_HOUR * max(1, len(entries)) < _MOST_SUM
    findings.require("SIZE", "plan", holds=holds, message="loads are too large to be added up")
    for block in entries.blocks():
        _check_block(block, trips, snapshot, findings, summed=holds)
    _check_waits(happens, trips, snapshot, findings)


def _check_block(
    entries: Block, trips: Trips, snapshot: Snapshot, findings: Findings, *, summed: bool
) -> None:
    """Check entries that include all of any arc among them; loads only if they can be added up."""
    roads = snapshot.roads

    def name(k: int) -> str:
        trip = int(entries.trip[k])
        return trips.where(trip) if trip >= 0 else f"plan.link_rides[{-1 - trip}]"

    _check_open(entries, roads, snapshot.now_s, name, findings)
    _check_timetables(entries, roads, name, findings)
    if summed:
        _check_capacity(entries, roads, snapshot.rules, findings)
        _check_person_capacity(entries, roads, snapshot.rules, findings)


def _note(
    bad: NDArray[np.bool_],
    code: str,
    where: Callable[[int], str],
    message: Callable[[int], str],
    findings: Findings,
) -> None:
    """Note a violation for each true position, in words only as often as they are listed."""
    positions = np.flatnonzero(bad)
    for k in positions[: MOST_PER_CODE + 1].tolist():
        findings.add(code, where(k), message(k))
    findings.add_uncounted(code, len(positions) - MOST_PER_CODE - 1)


def _check_open(
    entries: Block, roads: Roads, now_s: int, name: Callable[[int], str], findings: Findings
) -> None:
    """Note arcs that close too early; who entered before now is on the arc, whatever becomes of it then."""
    findings.checked("CLOSED", len(entries.arc))
    must_last = np.where(entries.t < now_s, entries.t + 1, entries.leave)
    fits = roads.stays_open(entries.arc, entries.t, must_last)
    _note(
        ~fits,
        "CLOSED",
        name,
        lambda k: f"arc {entries.arc[k]} is not open in all of [{entries.t[k]}, {entries.leave[k]})",
        findings,
    )


def _check_timetables(entries: Block, roads: Roads, name: Callable[[int], str], findings: Findings) -> None:
    rows = np.flatnonzero(roads.timetable.rank[entries.arc] >= 0)
    findings.checked("TIMETABLE", len(rows))
    if not len(rows):
        return
    arc, t, persons = entries.arc[rows], entries.t[rows], entries.persons[rows]
    places = roads.timetable.places_at(arc, t)
    _note(
        places < 0,
        "TIMETABLE",
        lambda k: name(int(rows[k])),
        lambda k: f"arc {arc[k]} has no departure in second {t[k]}",
        findings,
    )
    first, sums = _sum_by_arc_and_second(arc, t, persons)
    _note(
        (sums > places[first]) & (places[first] >= 0),
        "TIMETABLE",
        lambda k: name(int(rows[first[k]])),
        lambda k: (
            f"{sums[k]} persons board the departure of arc {arc[first[k]]} in second {t[first[k]]}, "
            f"which has {places[first[k]]} places"
        ),
        findings,
    )


def _sum_by_arc_and_second(arc: Int64, t: Int64, amount: Int64) -> tuple[Int64, Int64]:
    """Return one position per (arc, second), ascending, and the sum of amounts there."""
    # Arcs and seconds are kept as 32-bit numbers: one sort of both together takes half the time of two.
    both = (arc << 32) + t
    order = np.argsort(both, kind="stable")
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.diff(both[order]) != 0
    firsts = np.flatnonzero(new)
    sums = np.add.reduceat(amount[order], firsts) if len(order) else int64([])
    return order[firsts], sums


def largest_excess(segment: Int64, amount: Int64, before: Int64, until: Int64) -> Int64:
    """Return, per event, the most by which the amounts up to it exceed what an interval allows.

    Events are ordered by `segment` and time, at most one per second. `before` and `until` are the allowances
    summed over [0, t) and [0, t + 1) of the event's second t. The result for event i is the maximum over
    events k <= i of the same segment of

        sum(amount[k..i]) - (until[i] - before[k]).

    Intervals that begin or end elsewhere allow more for the same events, so these decide: the rule holds for
    all intervals when no result exceeds the burst. It is a leaky bucket whose content never falls below 0;
    the running least of (amounts before k - allowance before k) in a segment gives all its maxima at once.
    """
    through = np.cumsum(amount)
    least = (through - amount) - before
    step = 1
    while step < len(segment):
        same = segment[step:] == segment[:-step]
        if not same.any():
            break
        least[step:] = np.where(same, np.minimum(least[step:], least[:-step]), least[step:])
        step *= 2
    return through - until - least


def _check_capacity(entries: Block, roads: Roads, rules: Rules, findings: Findings) -> None:
    rows = np.flatnonzero((entries.units_mveh > 0) & (entries.t < roads.horizon_s))
    findings.checked("CAPACITY", len(rows))
    arc, t = entries.arc[rows], entries.t[rows]
    first, units = _sum_by_arc_and_second(arc, t, entries.units_mveh[rows])
    arc, t = arc[first], t[first]
    before, until = roads.capacity.before(arc, t), roads.capacity.before(arc, t + 1)
    excess = (
        largest_excess(arc, SECONDS_PER_HOUR * units, before, until) - SECONDS_PER_HOUR * rules.burst_mveh
    )
    _note(
        excess > 0,
        "CAPACITY",
        lambda k: f"inputs.network.arcs[{arc[k]}]",
        lambda k: (
            f"up to and with second {t[k]} the units entered exceed capacity and burst by "
            f"{-(-int(excess[k]) // SECONDS_PER_HOUR)} mveh"
        ),
        findings,
    )


def _check_person_capacity(entries: Block, roads: Roads, rules: Rules, findings: Findings) -> None:
    rows = np.flatnonzero((entries.persons > 0) & (entries.t < roads.horizon_s))
    arc, t = entries.arc[rows], entries.t[rows]
    # A timetable stands in place of a person capacity.
    limited = (roads.unlimited.at(arc, t) == 0) & (roads.timetable.rank[arc] < 0)
    rows, arc, t = rows[limited], arc[limited], t[limited]
    findings.checked("PERSON_CAPACITY", len(rows))
    if not len(rows):
        return
    first, persons = _sum_by_arc_and_second(arc, t, entries.persons[rows])
    arc, t = arc[first], t[first]
    segment = arc.copy()
    stepped = roads.persons.rank[arc] >= 0
    segment[stepped] = len(roads) + roads.limited_run[roads.persons.piece(arc[stepped], t[stepped])]
    before, until = roads.persons.before(arc, t), roads.persons.before(arc, t + 1)
    excess = (
        largest_excess(segment, SECONDS_PER_HOUR * persons, before, until)
        - SECONDS_PER_HOUR * rules.burst_persons
    )
    nobody = roads.persons.at(arc, t) == 0

    def where(k: int) -> str:
        return f"inputs.network.arcs[{arc[k]}]"

    _note(nobody, "PERSON_CAPACITY", where, lambda k: f"nobody may enter in second {t[k]}", findings)
    _note(
        (excess > 0) & ~nobody,
        "PERSON_CAPACITY",
        where,
        lambda k: (
            f"up to and with second {t[k]} the persons entered exceed capacity and burst by "
            f"{-(-int(excess[k]) // SECONDS_PER_HOUR)} persons"
        ),
        findings,
    )


def _check_waits(happens: Travel, trips: Trips, snapshot: Snapshot, findings: Findings) -> None:
    """Note junction waits over the limit, and waiting places that overflow."""
    stays, limit = happens.stays, snapshot.rules.junction_wait_max_s
    stored = np.isin(stays.node, int64(sorted(snapshot.roads.waiting)))
    # Who was held up where it was when its way was changed is no plan of anybody.
    rows = np.flatnonzero(~stored & (stays.before_s >= snapshot.now_s))
    if len(rows):
        findings.checked("WAIT", len(rows))
    waited = (stays.until_s - stays.from_s)[rows]
    _note(
        waited > limit,
        "WAIT",
        lambda k: trips.where(int(stays.trip[rows[k]])),
        lambda k: f"waits {waited[k]} s at node {stays.node[rows[k]]}, the limit is {limit} s",
        findings,
    )
    _check_storage(stays, np.flatnonzero(stored), trips, snapshot, findings)


def _check_storage(stays: Stays, rows: Int64, trips: Trips, snapshot: Snapshot, findings: Findings) -> None:
    """Note waiting places that more units are at than they store."""
    waiting = snapshot.roads.waiting
    changes: dict[int, list[tuple[int, int]]] = {}
    columns = stays.node, stays.from_s, stays.until_s, trips.units_mveh[stays.trip]
    for node, from_s, until_s, units in zip(*(c[rows].tolist() for c in columns), strict=True):
        # At one second those who leave sort before those who come: intervals are half-open.
        changes.setdefault(node, []).extend([(from_s, units), (until_s, -units)])
    for node, events in sorted(changes.items()):
        present = 0
        for t, units in sorted(events):
            present += units
            message = f"{present} mveh wait at node {node} in second {t}, it stores {waiting[node]}"
            findings.require(
                "STORAGE", f"inputs.network.waiting[{node}]", holds=present <= waiting[node], message=message
            )

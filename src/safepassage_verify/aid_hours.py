"""Checks the hours of crews: driving, breaks, work and rest, by when trucks set out and arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from safepassage_verify.planfile import Leg
from safepassage_verify.verdict import Findings

Rows = Mapping[str, Any]
PAST = -1
"""Instead of a rest: of a day that had begun before a plan went on."""


class Worked(NamedTuple):
    """A day of a crew: which truck, from the first loading until it was back, and its rest before that.

    `where` is the truck of a day: what it did before a plan went on has the same.
    """

    truck: str
    from_s: int
    until_s: int
    rest_s: int
    where: str


def check_hours(
    truck: Rows, legs: Sequence[Leg], handled_s: Sequence[int], findings: Findings
) -> Iterator[Worked]:
    """Note a crew that drives or works for too long on a day; yield when it worked.

    All time under way is driving. A break is what lies between two legs beside `handled_s`, what is unloaded
    and loaded before each leg.
    """
    if not legs:
        return
    where, before_s = f"aid.trucks {truck['id']}", truck["available_from_s"]
    since_s, longest_s, driven_s = truck["unbroken_s"], 0, 0
    for leg, handling_s in zip(legs, handled_s, strict=True):
        if leg.depart_s - before_s - handling_s >= truck["break_s"]:
            since_s = 0
        since_s += leg.arrive_s - leg.depart_s
        driven_s += leg.arrive_s - leg.depart_s
        longest_s, before_s = max(longest_s, since_s), leg.arrive_s
    message = f"drives for {longest_s} s without a break of {truck['break_s']} s"
    holds = not truck["break_s"] or longest_s <= truck["break_after_s"]
    findings.require("AID_BREAK", where, holds=holds, message=message)
    message = f"drives for {driven_s} s on its day"
    findings.require("AID_DRIVING", where, holds=driven_s <= truck["max_drive_s"], message=message)
    worked = Worked(
        truck["truck"], legs[0].depart_s - handled_s[0], legs[-1].arrive_s, truck["rest_s"], where
    )
    message = f"works for {worked.until_s - worked.from_s} s on its day"
    holds = worked.until_s - worked.from_s <= truck["work_s"]
    findings.require("AID_REST", where, holds=holds, message=message)
    yield worked


def worked_before(past: Rows) -> Iterator[Worked]:
    """Yield what crews did before a plan went on, led round roads that have closed since."""
    for row in past["trucks"]:
        name = row["id"].rpartition("-day")[0]
        yield Worked(name, row["works_from_s"], row["free_s"], PAST, f"aid.trucks {row['id']}")


def check_rest(worked: Sequence[Worked], findings: Findings) -> None:
    """Note crews that begin a day too soon after the one before; days of the past are as they were."""
    for before, after in pairwise(sorted(worked)):
        if before.truck == after.truck and before.where != after.where and after.rest_s != PAST:
            rest_s = after.from_s - before.until_s
            message = f"its crew rests for {rest_s} s before"
            findings.require("AID_REST", after.where, holds=rest_s >= after.rest_s, message=message)

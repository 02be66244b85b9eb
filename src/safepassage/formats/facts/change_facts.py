"""What has changed since the plan that was announced, as people say it: for the report and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.domain.counts import move, people
from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.register import Register

MINUTE_S = 60
OTHER_WAY = "by another way"
"""What becomes of a movement that leaves as announced, to the minute, and takes other roads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMovement:
    """One movement of which somebody must be told: its id, what becomes of it, as it was and as it is."""

    id: str
    change: str
    persons: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One number before and after, and whether that is better."""

    what: str
    before: str
    after: str
    better: bool


class ChangeFacts:
    """Reads the changes of a release."""

    def __init__(self, release: Release) -> None:
        self._changes = release.changes
        self._register = Register(release)
        self._clock = LocalClock.of(release.inputs)

    @property
    def now(self) -> str:
        """The time up to which the earlier plan was carried out."""
        return self._clock.moments(self._changes["now_s"])

    def headline(self) -> str:
        """Return how many movements must be told anew, how many stay, how many persons are concerned."""
        told, kept, persons = (int(self._changes[name]) for name in ("to_notify", "kept", "persons"))
        if not told:
            return f"Nobody must be told anew: all {kept:,} announced movements stay."
        many = "movements" if told != 1 else "movement"
        return (
            f"{told:,} {many} must be told anew ({move(persons)} differently); "
            f"{kept:,} announced movements stay as they are."
        )

    def movements(self) -> list[ChangedMovement]:
        """Return what somebody must be told, withdrawals first."""
        order = ("withdrawn", "diverted", "changed", "new")
        rows = [row for row in self._changes["movements"] if row["notify"]]
        rows.sort(key=lambda row: order.index(row["change"]))
        return [self._movement(row) for row in rows]

    def _movement(self, row: Mapping[str, Any]) -> ChangedMovement:
        before, after, change = self._said(row["before"]), self._said(row["after"]), str(row["change"])
        if before == after and row["before"]["arcs"] != row["after"]["arcs"]:
            change = OTHER_WAY
        return ChangedMovement(
            id=(row["after"] or row["before"])["id"], change=change, persons=row["persons"],
            before=before, after=after,
        )  # fmt: skip

    def _said(self, row: Mapping[str, Any] | None) -> str:
        """Say a movement in one clause, empty for none."""
        if row is None:
            return ""
        first, last = row["departures"][0][0], row["departures"][-1][0]
        persons = sum(departure[1] for departure in row["departures"])
        ends = f"{self._start(row)} → {self._end(row)}"
        if row["kind"] == "cars":
            cars, times = len(row["departures"]), self._times(first, last)
            return f"{cars:,} {'cars' if cars != 1 else 'car'}, {people(persons)}, {ends}, leaving {times}"
        aboard = people(persons) if persons else "empty"
        subject = f"{row['vehicle']}, " if row["vehicle"] else ""
        return f"{subject}{aboard}, {ends}, leaving {self._clock.moments(first)}"

    def _times(self, first: int, last: int) -> str:
        if first // MINUTE_S == last // MINUTE_S:
            return self._clock.moments(first)
        return f"{self._clock.moments(first)} to {self._clock.moments(last)}"

    def _start(self, row: Mapping[str, Any]) -> str:
        places = dict.fromkeys(item["place"] for item in row["load"] if not item["after"])
        names = [self._register.place(place) for place in ([row["place"]] if row["place"] else places)]
        return ", ".join(names) or self._register.node(row["from_node"])

    def _end(self, row: Mapping[str, Any]) -> str:
        sites = dict.fromkeys(item["site"] for item in row["load"] if item["site"])
        names = [self._register.place(site) for site in ([row["site"]] if row["site"] else sites)]
        return ", ".join(names) or self._register.node(row["to_node"])

    def gains(self) -> list[Gain]:
        """Return what got better or worse, direction by direction; what stayed is left out."""
        return [
            gain
            for row in self._changes["directions"]
            for gain in self._of_direction(row, self._register.direction_name(row["direction"]))
        ]

    def _of_direction(self, row: Mapping[str, Any], name: str) -> Iterator[Gain]:
        for field, what in (("served", "served"), ("unserved", "not served")):
            before, after = row[field]
            if before != after:
                better = (after > before) == (field == "served")
                yield Gain(what=f"{name}: {what}", before=f"{before:,}", after=f"{after:,}", better=better)
        before, after = row["clearance_s"]
        # Serving fewer must never look better: an earlier end counts only if nobody is left behind for it.
        fewer = row["served"][1] < row["served"][0]
        if before != after and None not in (before, after) and not (fewer and after < before):
            times = [self._clock.moments(t) for t in (before, after)]
            if times[0] != times[1]:
                yield Gain(
                    what=f"{name}: last arrival", before=times[0], after=times[1], better=after < before
                )

    def price(self) -> str:
        """Say what changing little costs, in one sentence."""
        price = self._changes["price"]
        if not price:
            return ""
        minutes = (price["chosen_person_s"] - price["fresh_person_s"]) // MINUTE_S
        if price["chosen"] == "fresh":
            minutes = (price["kept_person_s"] - price["fresh_person_s"]) // MINUTE_S
            told = f"{price['fresh_renotified']:,} movements told anew, not {price['kept_renotified']:,}"
            return f"Made afresh from now: that saves {minutes:,} person-minutes, with {told}."
        told = f"{price['fresh_renotified']:,} movements told anew, not {price['chosen_renotified']:,}"
        saved = f"save {minutes:,} person-minutes" if minutes > 0 else "gain nothing"
        return f"A plan made afresh from now would {saved}, with {told}."

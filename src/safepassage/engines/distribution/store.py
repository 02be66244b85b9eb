"""What is left of needs, lots and trucks while trips are planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from safepassage.domain.aid.distribution import NANO, AidProblem, Good
from safepassage.engines.distribution.options import serves

MG_PER_T = 10**9
ENDLESS = 2**60
WHOLE_PERCENT = 100


AHEAD_DAYS = 2
"""Goods are brought so many days ahead at most, or at once what is asked for once, by the last day."""


def soon(day: int, due: int, last: int) -> bool:
    """Tell whether a truck of a day brings what is due on another."""
    return day <= due and (due <= day + AHEAD_DAYS or due == last)


@dataclass(frozen=True, slots=True)
class Item:
    """So much of a lot for a need, by position."""

    need: int
    lot: int
    milli: int


class Round(IntEnum):
    """What is loaded in which order.

    What comes first and is for today; what the shares ask for; what comes first and is for later; anything.
    """

    URGENT = 1
    ASKED = 2
    AHEAD = 3
    REST = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A truck that loads at a depot for a place: when it loads, when it can be there at the earliest."""

    depot: int
    day: int
    loads_s: int
    there_s: int
    cold: bool


@dataclass(slots=True)
class Room:
    """What still fits on a truck: thousandths of grams and of millilitres."""

    mg: int
    ul: int
    time_mg: int = ENDLESS

    def by_time(self, seconds: int, per_t_s: int) -> None:
        """Limit what may still be taken to what can be loaded and unloaded in so many seconds."""
        self.time_mg = max(0, seconds) * MG_PER_T // per_t_s if per_t_s else self.mg

    def fits(self, good: Good, milli: int) -> int:
        """Return how much of a good still fits, in whole parts."""
        most = min(milli, min(self.mg, self.time_mg) // good.mass_g, self.ul // good.volume_ml)
        return most // good.step_milli * good.step_milli

    def take(self, good: Good, milli: int) -> None:
        """Fill in."""
        self.mg -= milli * good.mass_g
        self.time_mg -= milli * good.mass_g
        self.ul -= milli * good.volume_ml


@dataclass(slots=True)
class Aboard:
    """What a trip under way holds: thousandths by need and by lot, and its mass in thousandths of grams."""

    needs: dict[int, int] = field(default_factory=dict)
    lots: dict[int, int] = field(default_factory=dict)
    mg: int = 0

    @property
    def mass_g(self) -> int:
        """Its mass, rounded up."""
        return -(-self.mg // 1_000)

    def put(self, good: Good, item: Item) -> None:
        """Put an item aboard."""
        self.needs[item.need] = self.needs.get(item.need, 0) + item.milli
        self.lots[item.lot] = self.lots.get(item.lot, 0) + item.milli
        self.mg += item.milli * good.mass_g


@dataclass(slots=True)
class Left:
    """What is not delivered yet, and what of the lots is not loaded yet.

    `first` says of each need whether it goes to everybody before anything else goes to anybody; `wanted` is
    what the shares ask to bring of each need on the day that is planned.
    """

    problem: AidProblem
    first: Sequence[bool]
    needs: list[int] = field(default_factory=list)
    lots: list[int] = field(default_factory=list)
    wanted: dict[int, int] = field(default_factory=dict)
    _of_place: dict[str, list[int]] = field(default_factory=dict)
    _lots_of: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _served: dict[str, int] = field(default_factory=dict)
    _worth: dict[str, int] = field(default_factory=dict)
    goods: dict[str, Good] = field(default_factory=dict)
    _good: list[Good] = field(default_factory=list)
    _urgent: dict[int, set[str]] = field(default_factory=dict)
    _asked: set[str] | None = None
    _within: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _rounds: dict[tuple[int, str, int, bool], list[int]] = field(default_factory=dict)
    _serving: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)
    _in_vain: set[tuple[str, tuple[int, int, bool], tuple[Round, ...]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        problem = self.problem
        self.needs = [need.amount_milli for need in problem.needs]
        self.lots = [lot.quantity_milli for lot in problem.lots]
        self.goods = {good.id: good for good in problem.goods}
        self._good = [self.goods[need.commodity] for need in problem.needs]
        for i, need in enumerate(problem.needs):
            self._of_place.setdefault(need.place, []).append(i)
            self._worth[need.place] = self._worth.get(need.place, 0) + need.worth * NANO
        for row in problem.behind:
            self._served[row.place] = row.met_nano
            self._worth[row.place] = self._worth.get(row.place, 0) + row.worth * NANO
        never = max(day.until_s for day in problem.days) + 1
        order = sorted(
            range(len(problem.lots)),
            key=lambda k: (problem.lots[k].expires_s if problem.lots[k].expires_s >= 0 else never,
                           problem.lots[k].id),
        )  # fmt: skip
        for k in order:
            lot = problem.lots[k]
            self._lots_of.setdefault((lot.commodity, lot.node), []).append(k)
        for rows in self._of_place.values():
            rows.sort(key=self._rank)

    def copied(self) -> Left:
        """Return as much that is left, counted on its own."""
        copy = Left(self.problem, self.first)
        copy.needs, copy.lots = list(self.needs), list(self.lots)
        return copy

    def _rank(self, i: int) -> tuple[int, float, int]:
        """Order needs by day, then by worth for the room that they take."""
        need = self.problem.needs[i]
        good = self._good[i]
        bulk = need.amount_milli * max(good.mass_g, good.volume_ml // 3)
        return need.due, -need.worth / bulk, i

    def ask(self, wanted: dict[int, int]) -> None:
        """Set what the shares ask for from now on."""
        self.wanted, self._asked = wanted, None
        self._in_vain.clear()

    def good(self, need: int) -> Good:
        """Return the commodity of a need."""
        return self._good[need]

    def share(self, place: str) -> float:
        """Return the served share of a place since the first plan."""
        return self._served.get(place, 0) / self._worth[place]

    def lacks(self, place: str) -> float:
        """Return the part of the worth of a place that nobody brings yet."""
        rows = self._of_place[place]
        return sum(self.problem.needs[i].worth_nano(self.needs[i]) for i in rows) / self._worth[place]

    def some_from(self, depot: int, day: int) -> bool:
        """Tell whether a depot has something left of what a place still waits for on a day."""
        needs, last = self.problem.needs, len(self.problem.days) - 1
        there = {
            lot.commodity: self.goods[lot.commodity].step_milli
            for k, lot in enumerate(self.problem.lots) if lot.node == depot and self.lots[k] > 0
        }  # fmt: skip
        return any(
            need.commodity in there and left >= there[need.commodity] and soon(day, need.due, last)
            for need, left in zip(needs, self.needs, strict=True)
        )

    def part_of_worth(self, place: str, items: Sequence[Item]) -> float:
        """Return the part of the worth of a place that items are."""
        return sum(self.problem.needs[row.need].worth_nano(row.milli) for row in items) / self._worth[place]

    def load(self, place: str, call: Call, room: Room, aboard: Aboard, rounds: Sequence[Round]) -> list[Item]:
        """Put aboard what of the needs of a place fits on a truck, and return it; take nothing."""
        found: list[Item] = []
        needs, held = self.needs, aboard.needs
        for which in rounds:
            asked = which is Round.ASKED
            for i in self._loaded_in(which, place, call):
                limit = needs[i] - held[i] if i in held else needs[i]
                if asked and limit > 0:
                    limit = min(limit, self._asked_of(i, held.get(i, 0)))
                if limit > 0:
                    found += self._from_lots(i, call, room, aboard, limit)
        return found

    def in_vain(self, place: str, at: tuple[int, int, bool], rounds: tuple[Round, ...]) -> bool:
        """Tell whether nothing can be put aboard for a place in some rounds, however much room there is.

        What is taken or kept only leaves less, so that this stays true until something is given back or the
        shares ask anew. When a truck loads and arrives is not looked at: `at` is depot, day and whether it
        keeps cold.
        """
        key = (place, at, rounds)
        if key in self._in_vain:
            return True
        call = Call(at[0], at[1], 0, 0, at[2])
        for which in rounds:
            asked, lots = which is Round.ASKED, self.lots
            for i in self._loaded_in(which, place, call):
                waits = self.needs[i] > 0 and (not asked or self._asked_of(i, 0) > 0)
                if waits and any(lots[k] > 0 for k in self._of_need(i, call)):
                    return False
        self._in_vain.add(key)
        return True

    def _loaded_in(self, which: Round, place: str, call: Call) -> list[int]:
        """Return the needs of a place that a round is about."""
        key = (which, place, call.day, call.cold)
        if key not in self._rounds:
            needs = self.problem.needs
            self._rounds[key] = [
                i for i in self.within(place, call.day)
                if (call.cold or not self.good(i).cold_chain)
                and (self.first[i] or which not in {Round.URGENT, Round.AHEAD})
                and (needs[i].due == call.day or which is not Round.URGENT)
            ]  # fmt: skip
        return self._rounds[key]

    def _asked_of(self, i: int, held: int) -> int:
        """Return how much more of a need the shares ask for, in whole pieces."""
        step = self._good[i].step_milli
        return -(-max(0, self.wanted.get(i, 0) - held) // step) * step

    def within(self, place: str, day: int) -> list[int]:
        """Return the needs of a place that a truck of a day may bring."""
        if (place, day) not in self._within:
            last = len(self.problem.days) - 1
            self._within[place, day] = [
                i for i in self._of_place[place]
                if soon(day, due := self.problem.needs[i].due, last) and self._good[i].keeps(day, due)
            ]  # fmt: skip
        return self._within[place, day]

    def urgent_places(self, day: int) -> set[str]:
        """Return the places that still wait for what comes first, for today."""
        if day not in self._urgent:
            self._urgent[day] = {
                need.place for i, need in enumerate(self.problem.needs)
                if need.due == day and self.first[i] and self.needs[i] >= self.good(i).step_milli
            }  # fmt: skip
        return self._urgent[day]

    def _from_lots(self, i: int, call: Call, room: Room, aboard: Aboard, limit: int) -> list[Item]:
        good, lots, found = self._good[i], self.problem.lots, list[Item]()
        for k in self._of_need(i, call):
            there = self.lots[k] - aboard.lots.get(k, 0)
            if there <= 0 or lots[k].available_from_s > call.loads_s:
                continue
            milli = 0 if 0 <= lots[k].expires_s <= call.there_s else room.fits(good, min(limit, there))
            if milli > 0:
                room.take(good, milli)
                limit -= milli
                found.append(Item(i, k, milli))
                aboard.put(good, found[-1])
        return found

    def _of_need(self, i: int, call: Call) -> list[int]:
        """Return the lots of a depot that can be handed out for a need when brought on a day."""
        key = (i, call.depot, call.day)
        if key not in self._serving:
            need, lots = self.problem.needs[i], self.problem.lots
            self._serving[key] = [
                k for k in self._lots_of.get((need.commodity, call.depot), ())
                if serves(self.problem, lots[k], self._good[i], call.day, need.due)
            ]  # fmt: skip
        return self._serving[key]

    def drawn(self, i: int, call: Call, room: Room, milli: int) -> list[Item]:
        """Return so much as fits for a need from a depot's lots, what expires first first; take nothing.

        Days that are searched beside each other may ask for the same need: no more than is left is brought.
        """
        if self.good(i).cold_chain and not call.cold:
            return []
        return self._from_lots(i, call, room, Aboard(), min(milli, self.needs[i]))

    def lightened(self, items: list[Item], percent: int) -> list[Item]:
        """Return so much of the mass of items, what is worth most a kilogram first."""
        if percent == WHOLE_PERCENT:
            return items

        def worth_per_mass(item: Item) -> float:
            need = self.problem.needs[item.need]
            return need.worth / (need.amount_milli * self.good(item.need).mass_g)

        room = sum(item.milli * self.good(item.need).mass_g for item in items) * percent // WHOLE_PERCENT
        kept = []
        for item in sorted(items, key=lambda item: (-worth_per_mass(item), item.need, item.lot)):
            good = self.good(item.need)
            milli = min(item.milli, room // good.mass_g // good.step_milli * good.step_milli)
            if milli:
                room -= milli * good.mass_g
                kept.append(Item(item.need, item.lot, milli))
        return kept

    def hold(self, items: list[Item]) -> None:
        """Keep items for a trip that is planned."""
        self._urgent, self._asked = {}, None
        for item in items:
            self.needs[item.need] -= item.milli
            self.lots[item.lot] -= item.milli

    def free(self, items: list[Item]) -> None:
        """Give back items that were kept."""
        self._urgent, self._asked = {}, None
        self._in_vain.clear()
        for item in items:
            self.needs[item.need] += item.milli
            self.lots[item.lot] += item.milli

    def take(self, items: list[Item]) -> None:
        """Count items as delivered."""
        self._urgent, self._asked = {}, None
        for item in items:
            need = self.problem.needs[item.need]
            self.needs[item.need] -= item.milli
            self.lots[item.lot] -= item.milli
            self.wanted[item.need] = max(0, self.wanted.get(item.need, 0) - item.milli)
            gained = need.worth_nano(item.milli)
            self._served[need.place] = self._served.get(need.place, 0) + gained

    def mass_g(self, items: list[Item]) -> int:
        """Return the mass of items, rounded up."""
        return -(-sum(item.milli * self.good(item.need).mass_g for item in items) // 1_000)

    def wanted_places(self) -> set[str]:
        """Return the places for which the shares ask something."""
        if self._asked is None:
            self._asked = {
                self.problem.needs[i].place for i, milli in self.wanted.items()
                if min(milli, self.needs[i]) >= self.good(i).step_milli
            }  # fmt: skip
        return self._asked

    def places(self) -> list[str]:
        """Return the places with needs."""
        return sorted(self._of_place)

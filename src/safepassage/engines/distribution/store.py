"""What is left of needs, lots and trucks while trips are planned."""

from __future__ import annotations

from dataclasses import dataclass, field

from safepassage.domain.aid.distribution import NANO, AidProblem, Good
from safepassage.engines.distribution.options import serves


@dataclass(frozen=True, slots=True)
class Item:
    """So much of a lot for a need, by position."""

    need: int
    lot: int
    milli: int


@dataclass(slots=True)
class Room:
    """What still fits on a truck: thousandths of grams and of millilitres."""

    mg: int
    ul: int

    def fits(self, good: Good, milli: int) -> int:
        """Return how much of a good still fits, in whole parts."""
        most = min(milli, self.mg // good.mass_g, self.ul // good.volume_ml)
        return most // good.step_milli * good.step_milli

    def take(self, good: Good, milli: int) -> None:
        """Fill in."""
        self.mg -= milli * good.mass_g
        self.ul -= milli * good.volume_ml


@dataclass(slots=True)
class Left:
    """What is not delivered yet, and what of the lots is not loaded yet.

    `wanted` is what the shares ask to bring of each need on the day that is planned; it goes first.
    """

    problem: AidProblem
    needs: list[int] = field(default_factory=list)
    lots: list[int] = field(default_factory=list)
    wanted: dict[int, int] = field(default_factory=dict)
    _of_place: dict[str, list[int]] = field(default_factory=dict)
    _lots_of: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    _served: dict[str, int] = field(default_factory=dict)
    _worth: dict[str, int] = field(default_factory=dict)
    _goods: dict[str, Good] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        self.needs = [need.amount_milli for need in problem.needs]
        self.lots = [lot.quantity_milli for lot in problem.lots]
        self._goods = {good.id: good for good in problem.goods}
        for i, need in enumerate(problem.needs):
            self._of_place.setdefault(need.place, []).append(i)
            self._worth[need.place] = self._worth.get(need.place, 0) + need.worth * NANO
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

    def _rank(self, i: int) -> tuple[int, float, int]:
        """Order needs by day, then by worth for the room that they take."""
        need = self.problem.needs[i]
        good = self._goods[need.commodity]
        bulk = need.amount_milli * max(good.mass_g, good.volume_ml // 3)
        return need.due, -need.worth / bulk, i

    def good(self, need: int) -> Good:
        """Return the commodity of a need."""
        return self._goods[self.problem.needs[need].commodity]

    def share(self, place: str) -> float:
        """Return the served share of a place."""
        return self._served.get(place, 0) / self._worth[place]

    def load(
        self, place: str, depot: int, day: int, room: Room, *, span: tuple[int, int], cold: bool
    ) -> list[Item]:
        """Return what of the needs of a place fits, from lots that are at a depot; take nothing.

        What the shares want goes first, then what is due first. `span` is when loading begins, and the
        earliest second of the arrival.
        """
        found: list[Item] = []
        taken: dict[int, int] = {}
        for wanted_only in (True, False):
            for i in self._of_place[place]:
                good = self.good(i)
                limit = self.needs[i] - sum(item.milli for item in found if item.need == i)
                if wanted_only:
                    limit = min(limit, -(-self.wanted.get(i, 0) // good.step_milli) * good.step_milli)
                if limit <= 0 or self.problem.needs[i].due < day or (good.cold_chain and not cold):
                    continue
                found.extend(self._from_lots(i, depot, day, room, taken, limit=limit, span=span))
        return found

    def _from_lots(
        self,
        i: int,
        depot: int,
        day: int,
        room: Room,
        taken: dict[int, int],
        *,
        limit: int,
        span: tuple[int, int],
    ) -> list[Item]:
        need, good, found = self.problem.needs[i], self.good(i), []
        for k in self._lots_of.get((need.commodity, depot), ()):
            lot = self.problem.lots[k]
            gone = 0 <= lot.expires_s <= span[1]
            if lot.available_from_s > span[0] or gone or not serves(self.problem, lot, day, need.due):
                continue
            milli = room.fits(good, min(limit, self.lots[k] - taken.get(k, 0)))
            if milli > 0:
                room.take(good, milli)
                taken[k] = taken.get(k, 0) + milli
                limit -= milli
                found.append(Item(i, k, milli))
        return found

    def take(self, items: list[Item]) -> None:
        """Count items as delivered."""
        for item in items:
            need = self.problem.needs[item.need]
            before = need.amount_milli - self.needs[item.need]
            self.needs[item.need] -= item.milli
            self.lots[item.lot] -= item.milli
            self.wanted[item.need] = max(0, self.wanted.get(item.need, 0) - item.milli)
            gained = need.worth_nano(before + item.milli) - need.worth_nano(before)
            self._served[need.place] = self._served.get(need.place, 0) + gained

    def worth(self, items: list[Item]) -> float:
        """Return the worth of items."""
        return sum(
            self.problem.needs[item.need].worth * item.milli / self.problem.needs[item.need].amount_milli
            for item in items
        )

    def mass_g(self, items: list[Item]) -> int:
        """Return the mass of items, rounded up."""
        return -(-sum(item.milli * self.good(item.need).mass_g for item in items) // 1_000)

    def places(self) -> list[str]:
        """Return the places with needs."""
        return sorted(self._of_place)

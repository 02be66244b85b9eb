"""Who is aboard which leg or ride of an earlier plan, and what becomes of them when one falls away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from safepassage.domain.case import CARER_OF, carers_needed
from safepassage.domain.plan import Load, Schedule
from safepassage.engines.evacuate.runs import Run

Kind = tuple[str, str, str, bool]
"""Place, direction, group, reserve."""


@dataclass(slots=True)
class Item:
    """Persons of one kind aboard; the number shrinks when an earlier or later stage is given up."""

    kind: Kind
    persons: int
    after: str
    site: str

    def load(self) -> Load:
        """Return the item as the schedule holds it."""
        place, direction, group, reserve = self.kind
        return Load(
            place=place, group=group, direction=direction, persons=self.persons, reserve=reserve,
            after=self.after, site=self.site,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Stage:
    """One leg of a vehicle, or (vehicle "") one ride on a link, with everybody aboard."""

    id: str
    vehicle: str
    number: int
    depart_s: int
    route: int
    begun: bool
    items: list[Item]
    run: Run | None = None
    kept: bool = False

    @property
    def persons(self) -> int:
        """Everybody aboard, reserves included."""
        return sum(item.persons for item in self.items)

    def boarding(self, before: str) -> Counter[str]:
        """Return persons by group who get on; who came with the vehicle's stage `before` is aboard."""
        found: Counter[str] = Counter()
        for item in self.items:
            if not before or item.after != before:
                found[item.kind[2]] += item.persons
        return found

    def companions(self, item: Item) -> list[Item]:
        """Return the carers who travel with an item, or those whom its carers travel with."""
        place, direction, group, reserve = item.kind
        wanted = {CARER_OF.get(group), next((g for g, carer in CARER_OF.items() if carer == group), None)}
        return [
            other for other in self.items
            if other.kind[2] in wanted and (other.after, other.site) == (item.after, item.site)
            and (other.kind[0], other.kind[1], other.kind[3]) == (place, direction, reserve)
        ]  # fmt: skip

    def load(self) -> tuple[Load, ...]:
        """Return who is left aboard."""
        return tuple(item.load() for item in self.items if item.persons)


@dataclass(slots=True)
class Stages:
    """All legs and rides in order of departure, and who goes from which to which."""

    every: list[Stage]
    _by_id: dict[str, Stage] = field(default_factory=dict)
    _next: defaultdict[str, list[tuple[Stage, Item]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, schedule: Schedule, now_s: int) -> Stages:
        """Return the stages of a schedule."""
        every = [
            Stage(
                id=leg.id, vehicle=chain.id, number=k, depart_s=leg.depart_s, route=leg.route,
                begun=leg.depart_s < now_s, items=[_item(row) for row in leg.load],
            )
            for chain in schedule.vehicles for k, leg in enumerate(chain.legs)
        ]  # fmt: skip
        every += [
            Stage(
                id=ride.id, vehicle="", number=ride.arc, depart_s=ride.depart_s, route=-1,
                begun=ride.depart_s < now_s, items=[_item(row) for row in ride.load],
            )
            for ride in schedule.link_rides
        ]  # fmt: skip
        found = cls(sorted(every, key=lambda s: (s.depart_s, s.vehicle, s.number, s.id)))
        for stage in found.every:
            found._by_id[stage.id] = stage
            for item in stage.items:
                if item.after:
                    found._next[item.after].append((stage, item))
        return found

    def before(self, item: Item) -> Stage | None:
        """Return the stage people of an item came with."""
        return self._by_id.get(item.after) if item.after else None

    def origins(self) -> Iterator[tuple[Stage, Item]]:
        """Yield what boards at its own place."""
        for stage in self.every:
            for item in stage.items:
                if not item.after and item.persons:
                    yield stage, item

    def alighting(self, stage: Stage) -> Counter[str]:
        """Return persons by group who get off the vehicle after a stage: all who do not go on with it."""
        found = stage.boarding("")
        for later, item in self._next[stage.id]:
            if later.vehicle == stage.vehicle:
                found[item.kind[2]] -= item.persons
        return found

    def withdraw(self, stage: Stage, item: Item, persons: int) -> None:
        """Take persons out of a stage and of everything they went on with."""
        item.persons -= persons
        if item.site:
            return
        for later, follower in self._next[stage.id]:
            if persons and follower.kind == item.kind and follower.persons:
                fewer = min(persons, follower.persons)
                self.withdraw(later, follower, fewer)
                persons -= fewer

    def give_up(self, stage: Stage, item: Item, persons: int) -> None:
        """Undo a journey that cannot be finished: its people do not set out, or stay where they are."""
        self.withdraw(stage, item, persons)
        self._undo_before(item, persons)

    def _undo_before(self, item: Item, persons: int) -> None:
        """Take persons out of all stages before an item that lie ahead; what comes after has been undone."""
        before = self.before(item)
        if before is None or before.begun:
            return
        for earlier in before.items:
            if persons and earlier.kind == item.kind and not earlier.site and earlier.persons:
                fewer = min(persons, earlier.persons)
                persons -= fewer
                earlier.persons -= fewer
                self._undo_before(earlier, fewer)

    def fit_carers(self, together: Mapping[Kind, tuple[int, int]]) -> None:
        """Let those stay at home whose carers do not come any more; `together` counts persons and carers."""
        for stage, item in list(self.origins()):
            if stage.begun or item.kind not in together:
                continue
            carers = sum(other.persons for other in stage.companions(item))
            most = item.persons
            while carers_needed(most, together[item.kind]) > carers:
                most -= 1
            self.withdraw(stage, item, item.persons - most)

    def halt(self, stage: Stage) -> None:
        """End a stage that had begun where it stands: nobody aboard goes on or arrives."""
        for item in stage.items:
            persons = item.persons
            if not item.site:
                # Those who were to go on do not; the item itself has happened.
                self.withdraw(stage, item, persons)
                item.persons = persons
            item.site = ""

    def stranded(self) -> dict[tuple[str, Kind], int]:
        """Return persons who had left before now and have no way on, by the stage they end with."""
        left: defaultdict[tuple[str, Kind], int] = defaultdict(int)
        for stage in self.every:
            for item in stage.items:
                if item.after:
                    left[item.after, item.kind] -= item.persons
                if not item.site:
                    left[stage.id, item.kind] += item.persons
        return {key: persons for key, persons in sorted(left.items()) if persons}


def _item(row: Load) -> Item:
    return Item((row.place, row.direction, row.group, row.reserve), row.persons, row.after, row.site)

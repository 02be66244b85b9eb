"""For how many persons a reception site has room, resource by resource, and which one is the limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.safeguard import Safeguard, SafeguardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNorm:
    """Persons for whom `per_amount` of a resource is enough: `persons` of them, by a named source.

    `id` is the name of the threshold that may take its place.
    """

    id: str
    resource: str
    kind: SafeguardKind
    unit: str
    persons: int
    per_amount: int
    source: str

    def enough_for(self, amount: int) -> int:
        """Return for how many persons an amount is enough."""
        return amount * self.persons // self.per_amount


def thresholds_of(rows: Iterable[Safeguard]) -> dict[str, int]:
    """Return the thresholds that a case states with a reason, by name, as the plan audit takes them."""
    return {
        row.text: row.number for row in rows
        if row.kind is SafeguardKind.THRESHOLD and row.number is not None and row.provenance.note
    }  # fmt: skip


def room_norms(
    *, cold: bool, water_l_person_day: int, thresholds: Mapping[str, int] = MappingProxyType({})
) -> tuple[RoomNorm, ...]:
    """Return the norms of a reception site; water is the setting of the case.

    A threshold of the case takes the place of the norm of that name.
    """
    floor, default_dm2 = ("floor_cold_dm2", 450) if cold else ("floor_dm2", 350)

    def value(name: str, default: int) -> int:
        return max(1, thresholds.get(name, default))

    return (
        RoomNorm(id=floor, resource="floor", kind=SafeguardKind.FLOOR_M2, unit="m2", persons=100,
                 per_amount=value(floor, default_dm2),
                 source="Sphere 2018, shelter standard 3: 3.5 m2, in the cold 4.5 to 5.5 m2"),
        RoomNorm(id="water_l_day", resource="water", kind=SafeguardKind.WATER_L_DAY, unit="L a day",
                 persons=1, per_amount=value("water_l_day", water_l_person_day),
                 source="Sphere 2018, water supply standard 2.1"),
        RoomNorm(id="persons_per_tap", resource="water points", kind=SafeguardKind.WATER_POINTS, unit="taps",
                 persons=value("persons_per_tap", 250), per_amount=1,
                 source="Sphere 2018, water supply standard 2.2: 250 persons a tap"),
        RoomNorm(id="persons_per_toilet", resource="toilets", kind=SafeguardKind.TOILETS, unit="toilets",
                 persons=value("persons_per_toilet", 50), per_amount=1,
                 source="Sphere 2018, excreta management standard 3.2: 50 in the first phase"),
        RoomNorm(id="persons_per_bed", resource="beds", kind=SafeguardKind.BEDS, unit="beds",
                 persons=value("persons_per_bed", 1), per_amount=1, source="one person a bed"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLine:
    """So much of a resource, enough for so many persons; `amount` is None where nobody stated it."""

    resource: str
    unit: str
    amount: int | None
    persons: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRoom:
    """One site: the most persons there on any day, its lines, and the most of each group, rounded up."""

    place: str
    persons: int
    lines: tuple[RoomLine, ...]
    groups: tuple[tuple[PeopleGroup, int], ...] = ()

    @property
    def limit(self) -> RoomLine | None:
        """The line that is enough for the fewest; None where nothing is stated."""
        known = [line for line in self.lines if line.persons is not None]
        return min(known, key=lambda line: line.persons or 0, default=None)

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Resources nobody stated."""
        return tuple(line.resource for line in self.lines if line.amount is None)

    @property
    def over(self) -> int:
        """Persons for whom there is no room."""
        limit = self.limit
        return 0 if limit is None or limit.persons is None else max(0, self.persons - limit.persons)

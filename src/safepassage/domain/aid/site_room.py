"""For how many persons a reception site has room, resource by resource, and which one is the limit."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.safeguard import SafeguardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNorm:
    """Persons for whom `per_amount` of a resource is enough: `persons` of them, by a named source."""

    resource: str
    kind: SafeguardKind
    unit: str
    persons: int
    per_amount: int
    source: str

    def enough_for(self, amount: int) -> int:
        """Return for how many persons an amount is enough."""
        return amount * self.persons // self.per_amount


def room_norms(*, cold: bool, water_l_person_day: int) -> tuple[RoomNorm, ...]:
    """Return the norms of a reception site; water is the setting of the case."""
    floor_dm2 = 450 if cold else 350
    return (
        RoomNorm(resource="floor", kind=SafeguardKind.FLOOR_M2, unit="m2", persons=100, per_amount=floor_dm2,
                 source="Sphere 2018, shelter standard 3: 3.5 m2, in the cold 4.5 to 5.5 m2"),
        RoomNorm(resource="water", kind=SafeguardKind.WATER_L_DAY, unit="L a day", persons=1,
                 per_amount=water_l_person_day, source="Sphere 2018, water supply standard 2.1"),
        RoomNorm(resource="toilets", kind=SafeguardKind.TOILETS, unit="toilets", persons=50, per_amount=1,
                 source="Sphere 2018, excreta management standard 3.2: 50 in the first phase"),
        RoomNorm(resource="beds", kind=SafeguardKind.BEDS, unit="beds", persons=1, per_amount=1,
                 source="one person a bed"),
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
    """One site: the most persons there on any day, and its lines."""

    place: str
    persons: int
    lines: tuple[RoomLine, ...]

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

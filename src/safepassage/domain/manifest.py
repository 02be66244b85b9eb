"""The manifest: who travels together, as anonymous group tokens with counts; never a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """So many persons of a group on one movement of the plan (a leg, car stream or link ride) to a site."""

    movement: str
    site: str
    persons: int

    def __post_init__(self) -> None:
        if self.persons < 1 or not self.movement:
            raise ValueError("a ride names a movement and at least one person")


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelGroup:
    """People who belong together; `split_choice` says that they chose to travel apart.

    `unaccompanied` children travel without a parent; `consents` are the numbers of written consents of their
    parents, or of who is responsible by law or custom, `cards` those of the cards made for them.
    """

    token: str
    size: int
    rides: tuple[Ride, ...]
    split_choice: bool = False
    unaccompanied: int = 0
    consents: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    foreign_destination: bool = False
    ground: str = ""

    def __post_init__(self) -> None:
        if not self.token or self.size < 1 or not 0 <= self.unaccompanied <= self.size:
            raise ValueError("a group has a token, a size and no more children than members")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaypointCount:
    """Persons counted at a waypoint of one movement: how many came, how many of the missing are explained."""

    movement: str
    waypoint: str
    departed: int
    arrived: int
    explained: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All groups and counts, and how many men of 18 to 60 registered and boarded (None: not counted)."""

    groups: tuple[TravelGroup, ...] = ()
    counts: tuple[WaypointCount, ...] = ()
    registered: int | None = None
    registered_men: int | None = None
    boarded: int | None = None
    boarded_men: int | None = None

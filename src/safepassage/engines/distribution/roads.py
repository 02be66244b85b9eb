"""What a distribution asks of the roads."""

from __future__ import annotations

from typing import Any, Protocol

from safepassage.domain.aid.distribution import TruckDay
from safepassage.domain.plan import Waits


class Run(Protocol):
    """A run along a way that every calendar has room for."""

    @property
    def depart_s(self) -> int:
        """When it starts."""

    @property
    def arrive_s(self) -> int:
        """When it ends."""

    @property
    def waits(self) -> Waits:
        """Where it waits on the way."""

    @property
    def arcs(self) -> tuple[int, ...]:
        """The way."""


class Line(Protocol):
    """The runs of trucks one behind the other, the lead first: until the tail is there."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The run of each truck."""

    @property
    def depart_s(self) -> int:
        """When the lead starts."""

    @property
    def arrive_s(self) -> int:
        """When the last is there."""


def units_of(truck: TruckDay) -> tuple[int, ...]:
    """Return the road space of each truck in line."""
    return tuple(one.units_mveh for one in truck.line)


class Roads(Protocol):
    """Ways, least times and runs of trucks; runs are reserved once they are planned."""

    def lay_out(self) -> None:
        """Book what others drive, unless it is booked already: least times and ways do not need it."""

    def least_s(self, weight_kg: int, from_node: int) -> Any:
        """Return (n_nodes,) least travel times from a node, infinite without a way."""

    def ways(self, weight_kg: int, from_node: int, to_node: int) -> tuple[tuple[int, ...], ...]:
        """Return distinct ways between two nodes."""

    def ways_at(
        self, weight_kg: int, from_node: int, to_node: int, second: int
    ) -> tuple[tuple[int, ...], ...]:
        """Return these ways, and the quickest of all by how roads are in a second."""

    def bears(self, weight_kg: int, arcs: tuple[int, ...]) -> bool:
        """Tell whether a truck may take a way: its roads bear it, and others leave them free."""

    def earliest(self, arcs: tuple[int, ...], ready_s: int, line_mveh: tuple[int, ...]) -> Any:
        """Return the earliest runs of trucks in line from a second on, None without any."""

    def reserve(self, line: Any) -> None:
        """Take what runs need."""

    def release(self, line: Any) -> None:
        """Give back what runs took."""

    def exposure_ppm_s(self, line: Any) -> int:
        """Return the most exposure of one person aboard."""

    def length_m(self, arcs: tuple[int, ...]) -> int:
        """Return the length of a way."""

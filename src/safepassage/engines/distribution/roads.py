"""What a distribution asks of the roads."""

from __future__ import annotations

from typing import Any, Protocol

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


class Roads(Protocol):
    """Ways, least times and runs of trucks; runs are reserved once they are planned."""

    def lay_out(self) -> None:
        """Book what others drive, unless it is booked already: least times and ways do not need it."""

    def least_s(self, weight_kg: int, from_node: int) -> Any:
        """Return (n_nodes,) least travel times from a node, infinite without a way."""

    def ways(self, weight_kg: int, from_node: int, to_node: int) -> tuple[tuple[int, ...], ...]:
        """Return distinct ways between two nodes."""

    def earliest(self, arcs: tuple[int, ...], ready_s: int, units_mveh: int) -> Any:
        """Return the earliest run from a second on, None without one."""

    def reserve(self, passage: Any) -> None:
        """Take what a run needs."""

    def release(self, passage: Any) -> None:
        """Give back what a run took."""

    def exposure_ppm_s(self, passage: Any) -> int:
        """Return the exposure of one person aboard."""

    def length_m(self, arcs: tuple[int, ...]) -> int:
        """Return the length of a way."""

"""Somebody who watches a plan being made: a terminal, later a page; nobody by default."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Is told how far the planner has come; must not change anything."""

    def served(self, phase: str, persons: int, of_persons: int) -> None:
        """Hear how many persons a phase has served so far."""

    def best(self, direction: str, clearance_s: int | None) -> None:
        """Hear when the plan brings the last person of a direction to a site, None if nobody."""

    def bound(self, direction: str, clearance_s: int | None) -> None:
        """Hear before when no plan can, None where nothing was proved."""

"""Progress on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
import time

WIDTH = 24
EVERY_S = 0.1


class Progress:
    """One line on standard error that says phase, persons served and what is proved so far."""

    def __init__(self, *, enabled: bool | None = None) -> None:
        self._enabled = sys.stderr is not None and sys.stderr.isatty() if enabled is None else enabled
        self._last = 0.0
        self._started = time.monotonic()
        self._found: dict[str, str] = {}

    def phase(self, name: str) -> None:
        """Show a phase that has no measure."""
        self._show(name, force=True)

    def served(self, phase: str, persons: int, of_persons: int) -> None:
        """Show how far a phase has come."""
        filled = WIDTH * persons // of_persons if of_persons else WIDTH
        self._show(f"{phase} [{'#' * filled}{'.' * (WIDTH - filled)}] {persons:,} of {of_persons:,} persons")

    def best(self, direction: str, clearance_s: int | None) -> None:
        """Show when a direction finishes, counted from the start of the grid."""
        self._found[direction] = f"{direction}: best {_hours(clearance_s)}"
        self._show("proving bounds; " + ", ".join(self._found.values()), force=True)

    def bound(self, direction: str, clearance_s: int | None) -> None:
        """Show what is proved for a direction."""
        self._found[direction] = f"{self._found.get(direction, direction)}, bound {_hours(clearance_s)}"
        self._show("proving bounds; " + "; ".join(self._found.values()), force=True)

    def _show(self, text: str, *, force: bool = False) -> None:
        now = time.monotonic()
        if not self._enabled or (now - self._last < EVERY_S and not force):
            return
        self._last = now
        sys.stderr.write(f"\r\x1b[2K{now - self._started:5.1f} s  {text}")
        sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._enabled:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _hours(seconds: int | None) -> str:
    return "none" if seconds is None else f"{seconds // 3600} h {seconds // 60 % 60:02d} min"

"""Progress on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
import time

WIDTH = 24
EVERY_S = 0.1


class Progress:
    """One line on standard error that says phase, persons served and what is proved so far."""

    def __init__(self, *, enabled: bool | None = None) -> None:
        self._enabled = sys.stderr.isatty() if enabled is None else enabled
        self._last = 0.0
        self._started = time.monotonic()

    def phase(self, name: str) -> None:
        """Show a phase that has no measure."""
        self._show(name, force=True)

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show how far a phase has come."""
        share = done / total if total else 1.0
        filled = round(WIDTH * share)
        self._show(f"{phase} [{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,} persons")

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

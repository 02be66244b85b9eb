"""Where threads meet the server's loop: the only module that names it."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def outcome(future: Future[T], within_s: float) -> T:
    """Return what a future of another thread holds.

    Raises
    ------
    TimeoutError
        When it took too long.
    """
    return await asyncio.wait_for(asyncio.wrap_future(future), within_s)


class Bell:
    """Wakes one waiting task of this loop; may be rung from any thread."""

    def __init__(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()

    def ring(self) -> None:
        """Wake who waits; nothing happens where the loop has ended."""
        try:
            self._loop.call_soon_threadsafe(self._event.set)
        except RuntimeError:
            return

    async def wait(self, within_s: float) -> None:
        """Return when it rang, or after so many seconds."""
        try:
            await asyncio.wait_for(self._event.wait(), within_s)
        except TimeoutError:
            return
        self._event.clear()


async def pause(seconds: float) -> None:
    """Let others work for a while."""
    await asyncio.sleep(seconds)

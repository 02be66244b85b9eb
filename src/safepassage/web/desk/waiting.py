"""Where threads meet the server's loop: the only module that names it."""

from __future__ import annotations

import asyncio
import threading
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
    async with asyncio.timeout(within_s):
        return await asyncio.wrap_future(future)


class Bell:
    """Wakes one waiting task of its loop."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def wait(self, within_s: float) -> None:
        """Return when it rang, or after so many seconds."""
        try:
            async with asyncio.timeout(within_s):
                await self.event.wait()
        except TimeoutError:
            return
        self.event.clear()


class Bells:
    """All bells of a loop; they ring together, and the loop is woken once, from whatever thread."""

    def __init__(self) -> None:
        self._lock, self._hung = threading.Lock(), dict[Bell, asyncio.AbstractEventLoop]()
        self._ringing: set[asyncio.AbstractEventLoop] = set()

    def __len__(self) -> int:
        """How many hang."""
        return len(self._hung)

    def hung(self) -> Bell:
        """Return a new bell of the running loop."""
        bell = Bell()
        with self._lock:
            self._hung[bell] = asyncio.get_running_loop()
        return bell

    def taken_down(self, bell: Bell) -> None:
        """Let go of a bell."""
        with self._lock:
            self._hung.pop(bell, None)

    def ring(self) -> None:
        """Wake all who wait; nothing happens where a loop has ended."""
        with self._lock:
            asked = set(self._hung.values()) - self._ringing
            self._ringing |= asked
        for loop in asked:
            try:
                loop.call_soon_threadsafe(self._rung, loop)
            except RuntimeError:
                self._ringing.discard(loop)

    def _rung(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            self._ringing.discard(loop)
            bells = [bell for bell, its in self._hung.items() if its is loop]
        for bell in bells:
            bell.event.set()


async def pause(seconds: float) -> None:
    """Let others work for a while."""
    await asyncio.sleep(seconds)

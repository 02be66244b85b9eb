"""Logs of several offices as one history: an order all agree on, what was taken back, what conflicts.

An entry names how long each other log was that its writer held (`seen`), a version vector (Parker et al.,
"Detection of mutual inconsistency in distributed systems", IEEE TSE 9(3), 1983,
doi:10.1109/TSE.1983.236733). Of two entries, the one that had seen the other is later; two that had not
seen each other were written apart, and where they are about the same thing both are shown.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safepassage.domain.log.entry import Entry

Place = tuple[str, int]
"""Log and position: what names an entry among all logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Entries of one kind about one thing, none of whose writers had seen another; in merged order."""

    about: str
    kind: str
    entries: tuple[Entry, ...]


def place(entry: Entry) -> Place:
    """Return what names an entry among all logs."""
    return entry.log, entry.seq


def saw(later: Entry, earlier: Entry) -> bool:
    """Tell whether the writer of one entry held the other."""
    if later.log == earlier.log:
        return earlier.seq < later.seq
    return dict(later.seen).get(earlier.log, 0) >= earlier.seq


def merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries of all logs in one order: what was seen first, then by time of receipt, then log.

    The same entries give the same order wherever they are put together. Entries of a log must be given
    from its first one on, without gaps.

    Raises
    ------
    ValueError
        When an entry of a log is missing.
    """
    logs: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=place):
        if entry.seq != len(logs[entry.log]) + 1:
            raise ValueError(f"entry {len(logs[entry.log]) + 1} of log {entry.log} is missing")
        logs[entry.log].append(entry)
    return _Weaver(logs).woven()


class _Weaver:
    """Takes the first entry of any log whose writer had seen nothing that is still to come."""

    def __init__(self, logs: Mapping[str, list[Entry]]) -> None:
        self._logs = logs
        self._taken = dict.fromkeys(logs, 0)
        self._ready: list[tuple[int, str]] = []
        self._waiting: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for log in sorted(logs):
            self._offer(log)

    def woven(self) -> tuple[Entry, ...]:
        order: list[Entry] = []
        while self._ready:
            _, log = heapq.heappop(self._ready)
            order.append(self._logs[log][self._taken[log]])
            self._taken[log] += 1
            self._offer(log)
            waiting, self._waiting[log] = self._waiting[log], []
            for needed, other in waiting:
                if needed > self._taken[log]:
                    self._waiting[log].append((needed, other))
                else:
                    self._offer(other)
        if len(order) != sum(map(len, self._logs.values())):
            raise ValueError("entries say that each was written after the other")
        return tuple(order)

    def _offer(self, log: str) -> None:
        """Make the next entry of a log ready, or let it wait for one thing it had seen."""
        if self._taken[log] == len(self._logs[log]):
            return
        entry = self._logs[log][self._taken[log]]
        for other, length in entry.seen:
            needed = min(length, len(self._logs.get(other, ())))
            if other != log and needed > self._taken.get(other, 0):
                self._waiting[other].append((needed, log))
                return
        heapq.heappush(self._ready, (entry.at_ms, log))


def undone(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the ids of entries that were taken back, unless the taking back was taken back."""
    by_undoing: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.undoes:
            by_undoing[entry.undoes].append(entry)

    gone: dict[str, bool] = {}

    def is_gone(name: str, above: frozenset[str]) -> bool:
        if name not in gone:
            if name in above:
                return False
            below = above | {name}
            gone[name] = any(not is_gone(entry.id, below) for entry in by_undoing.get(name, ()))
        return gone[name]

    return frozenset(name for name in sorted(by_undoing) if is_gone(name, frozenset()))


def standing(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return, in merged order, what counts: neither taken back, nor said again with the same id and words.

    Two offices that record one report under one id (the number of a message) said one thing; with
    other words they said two, and both count.
    """
    order = merged(entries)
    gone = undone(order)
    said: dict[tuple[str, str, str, str], list[Entry]] = defaultdict(list)
    kept = []
    for entry in order:
        if entry.undoes or entry.id in gone:
            continue
        same = said[(entry.id, entry.org, entry.kind, entry.about)]
        if all(entry.body != other.body for other in same):
            same.append(entry)
            kept.append(entry)
    return tuple(kept)


def conflicts(entries: Iterable[Entry]) -> tuple[Conflict, ...]:
    """Return what was written apart about the same thing and nobody has settled since.

    Whoever has seen all sides settles a conflict by a further entry of that kind about that thing.
    """
    frontiers: dict[tuple[str, str], list[Entry]] = {}
    for entry in standing(entries):
        if entry.about:
            frontier = frontiers.setdefault((entry.about, entry.kind), [])
            frontier[:] = [other for other in frontier if not saw(entry, other)]
            if not any(saw(other, entry) for other in frontier):
                frontier.append(entry)
    return tuple(
        Conflict(about=about, kind=kind, entries=tuple(frontier))
        for (about, kind), frontier in sorted(frontiers.items())
        if len(frontier) > 1
    )

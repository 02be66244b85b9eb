"""What an office provably held at a moment: its own entries by then, and what those say it had seen."""

from __future__ import annotations

from collections.abc import Iterable

from safepassage.domain.log.entry import Entry


def known_at(entries: Iterable[Entry], own_log: str, until_ms: int) -> tuple[Entry, ...]:
    """Return the entries that the office of `own_log` held at a moment (ms since 1970).

    Its own entries count up to the first one received later. Entries of other offices count as far as its
    last own entry by then says that it had seen them: what came later, and before the moment, is not
    proved to have been there and is left out.
    """
    given = sorted(entries, key=lambda entry: (entry.log, entry.seq))
    own: list[Entry] = []
    for entry in given:
        if entry.log == own_log:
            if entry.at_ms > until_ms:
                break
            own.append(entry)
    seen = dict(own[-1].seen) if own else {}
    others = (e for e in given if e.log != own_log and e.seq <= seen.get(e.log, 0))
    return (*own, *others)


def seen_before(entries: Iterable[Entry], entry: Entry) -> tuple[Entry, ...]:
    """Return what the writer of an entry held when writing it: earlier ones of its log, others as it says."""
    seen = dict(entry.seen)
    return tuple(
        one
        for one in sorted(entries, key=lambda given: (given.log, given.seq))
        if one.seq <= (entry.seq - 1 if one.log == entry.log else seen.get(one.log, 0))
    )

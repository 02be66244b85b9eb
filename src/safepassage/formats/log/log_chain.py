"""The chain of a log, checked record by record; stops at the first entry that does not fit."""

from __future__ import annotations

import json
from dataclasses import dataclass

from safepassage.domain.log.entry import NO_HASH, Entry
from safepassage.domain.log.finding import Checkpoint, Finding, Verdict
from safepassage.formats.log import log_record
from safepassage.formats.log.log_record import digest

GENESIS = "log.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as stored: the record and the columns that repeat parts of it for searching."""

    log: str
    seq: int
    id: str
    kind: str
    about: str
    undoes: str
    at_ms: int
    hash: str
    record: bytes


def log_name(opening: bytes) -> str:
    """Return the name of the log that an opening statement (canonical bytes) makes: it names its own key."""
    return digest(opening)[:32]


class ChainCheck:
    """Checks the rows of one log in order; `fault` is the first finding, `size` and `head` what fitted."""

    def __init__(self, log: str, *, size: int = 0, head: str = NO_HASH) -> None:
        self.log, self.size, self.head = log, size, head
        self.fault: Finding | None = None
        self._hashes: dict[int, str] = {}
        self._wanted: frozenset[int] = frozenset()

    def keep(self, positions: frozenset[int]) -> None:
        """Remember the hashes at these positions, to compare them with a checkpoint."""
        self._wanted = positions

    def take(self, row: Row) -> bool:
        """Check the next row; False when it or the one before was altered, or one is missing."""
        hashed = digest(row.record)
        reason, at = self._wrong(row, hashed)
        if reason:
            self.fault = self._finding(Verdict.ALTERED, at, reason)
            return False
        self.size, self.head = row.seq, hashed
        if row.seq in self._wanted:
            self._hashes[row.seq] = hashed
        return True

    def _wrong(self, row: Row, hashed: str) -> tuple[str, int]:
        here = self.size + 1
        if row.seq != here:
            return f"entry {here} is missing, the next one is {row.seq}", here
        if hashed != row.hash:
            return "the record does not have the hash that was stored with it", here
        try:
            said = json.loads(row.record)
            columns = (row.log, row.seq, row.id, row.kind, row.about, row.undoes, row.at_ms)
            fits = columns == tuple(said[name] for name in _COLUMNS) and row.log == self.log
            prev = said["prev"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return "the record cannot be read", here
        if prev != self.head:
            return "the next entry was written after another one than this", max(1, here - 1)
        if not fits:
            return "the columns beside the record say something else than the record", here
        if here == 1 and (said["kind"] != GENESIS or log_name(_opening(said)) != self.log):
            return "the first entry does not open this log", here
        return "", 0

    def finding(self) -> Finding:
        """Return what was found without a checkpoint."""
        return self.fault or self._finding(Verdict.CONSISTENT, 0, "")

    def unreadable(self, reason: str) -> Finding:
        """Return the finding when the storage could not even give the next row."""
        return self._finding(Verdict.ALTERED, self.size + 1, reason)

    def against(self, checkpoint: Checkpoint) -> Finding:
        """Return what was found, compared with what a partner holds; `keep` its positions before."""
        if self.fault is not None:
            return self.fault
        parted = [seq for seq, prefix in _marks(checkpoint) if self._differs(seq, prefix)]
        agreed = [seq for seq, prefix in _marks(checkpoint) if seq <= self.size and seq not in parted]
        if parted:
            first = max((seq for seq in agreed if seq < min(parted)), default=0) + 1
            reason = "the checkpoint knows another entry there"
            return self._finding(Verdict.FORKED, first, reason, last=min(parted))
        if checkpoint.size > self.size:
            reason = f"the checkpoint knows {checkpoint.size} entries, {self.size} are left"
            return self._finding(Verdict.CUT, self.size + 1, reason, last=checkpoint.size)
        return self._finding(
            Verdict.CONSISTENT, 0, f"Agrees with the checkpoint of {checkpoint.size} entries."
        )

    def _differs(self, seq: int, prefix: str) -> bool:
        return seq <= self.size and not self._hashes.get(seq, "").startswith(prefix)

    def _finding(self, verdict: Verdict, first: int, reason: str, *, last: int = 0) -> Finding:
        return Finding(
            log=self.log,
            verdict=verdict,
            size=self.size,
            head=self.head,
            first_seq=first,
            last_seq=last or first,
            reason=reason,
        )


_COLUMNS = ("log", "seq", "id", "kind", "about", "undoes", "at_ms")


def _opening(said: dict[str, object]) -> bytes:
    return log_record.canonical(said["body"])


def _marks(checkpoint: Checkpoint) -> tuple[tuple[int, str], ...]:
    return (*checkpoint.marks, (checkpoint.size, checkpoint.head))


def positions(checkpoint: Checkpoint) -> frozenset[int]:
    """Return the positions whose hashes a comparison with a checkpoint needs."""
    return frozenset(seq for seq, _ in _marks(checkpoint))


def row_of(record: bytes) -> Row:
    """Return a record as a row.

    Raises
    ------
    ValueError
        When it is no canonical record.
    """
    return _row(log_record.decode(record), record)


def row_for(entry: Entry) -> Row:
    """Return an entry as a row.

    Raises
    ------
    ValueError
        When it is larger than any entry may be.
    """
    return _row(entry, log_record.encode(entry))


def _row(entry: Entry, record: bytes) -> Row:
    return Row(
        log=entry.log,
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,
        about=entry.about,
        undoes=entry.undoes,
        at_ms=entry.at_ms,
        hash=digest(record),
        record=record,
    )

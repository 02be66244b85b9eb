"""What checking a log found: consistent, cut, forked or altered, and at which entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What can be said about a log."""

    CONSISTENT = "consistent"
    CUT = "cut"
    FORKED = "forked"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict about one log of `size` entries with last hash `head`.

    `first_seq` and `last_seq` bound the entry that is missing, altered or where the histories part: equal
    where it is known exactly, 0 where nothing is wrong. `reason` says what was compared.
    """

    log: str
    verdict: Verdict
    size: int
    head: str
    first_seq: int = 0
    last_seq: int = 0
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The finding in words."""
        name = f"log {self.log[:8]}"
        if self.verdict is Verdict.CONSISTENT:
            return f"{name}: consistent, {self.size} entries, head {self.head[:16]}. {self.reason}".rstrip()
        at = (
            f"entry {self.first_seq}"
            if self.first_seq == self.last_seq
            else f"entries {self.first_seq} to {self.last_seq}"
        )
        return f"{name}: {self.verdict.value.upper()} at {at}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement that a log had `size` entries and ended with `head` at `at_ms`.

    `marks` are (seq, first 16 digits of its hash) of earlier entries: all of the last few, then ever sparser,
    so that whoever holds the checkpoint can also say where two histories part.
    """

    log: str
    org: str
    size: int
    head: str
    at_ms: int
    marks: tuple[tuple[int, str], ...]
    public_key: str
    signature: str

    def __post_init__(self) -> None:
        if self.size < 1 or self.at_ms < 0:
            raise ValueError("a checkpoint is about at least one entry")


LAST_MARKED = 64


def marked_positions(size: int) -> tuple[int, ...]:
    """Return the positions that a checkpoint names beside its head: the last 64, then doubling gaps."""
    near = set(range(max(1, size - LAST_MARKED), size))
    gap = LAST_MARKED * 2
    while size - gap > 0:
        near.add(size - gap)
        gap *= 2
    return tuple(sorted(near | ({1} if size > 1 else set())))

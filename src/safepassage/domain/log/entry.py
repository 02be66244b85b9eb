"""One entry of the event log, before and after it has its place in a log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safepassage.domain.log.classes import highest_class
from safepassage.domain.release import SensitivityClass, frozen_tree

MAX_BODY_DEPTH = 32
LARGEST_INTEGER = 2**53 - 1
"""Beyond it, readers that hold numbers as doubles would see another number (RFC 8785, section 3.2.2.3)."""
NO_HASH = "0" * 64
"""What the first entry of a log names as the hash before it."""

_ID = re.compile(r"[!-~]{1,200}")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,30}\.[a-z][a-z0-9_]{0,30}")
_ORG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
_LOG = re.compile(r"[0-9a-f]{32}")
_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to record: who (`by`, at `org`) did what (`kind`, `body`) about what, and why.

    `id` is the idempotency key: the same draft sent again adds nothing. `undoes` is the id of an entry that
    this one takes back. `private` is personal data; it is stored only sealed, under the key `key_id` of
    the organisation. Raises ValueError when a field does not fit or the body is no plain, whole-number JSON.
    """

    id: str
    org: str
    by: str
    why: str
    kind: str
    body: Mapping[str, Any]
    about: str = ""
    undoes: str = ""
    sensitivity: SensitivityClass = SensitivityClass.RESTRICTED
    private: Mapping[str, Any] = field(default_factory=dict)
    key_id: str = ""

    def __post_init__(self) -> None:
        _check_names(self)
        check_plain(self.body, "body")
        check_plain(self.private, "private")
        object.__setattr__(self, "body", frozen_tree(self.body))
        object.__setattr__(self, "private", frozen_tree(self.private))
        if self.sensitivity < highest_class(self.kind, self.body):
            raise ValueError(
                "the class of an entry is at least that of each of its fields (untagged: RESTRICTED)"
            )
        if bool(self.private) != bool(self.key_id):
            raise ValueError("personal data and the name of the key that seals them come together")
        if self.key_id and not _ID.fullmatch(self.key_id):
            raise ValueError("the name of a key must be 1 to 200 printable characters without spaces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Personal data as stored: which key of the organisation opens them, and the bytes (hexadecimal)."""

    key_id: str
    nonce: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry at its place: position `seq` (from 1) of log `log`, after the entry whose hash is `prev`.

    `at_ms` is the time of receipt (milliseconds since 1970, UTC) by this office's clock, which orders
    nothing: `seq` does, and `seen`, the length of each other log that the writer held.
    """

    log: str
    seq: int
    prev: str
    at_ms: int
    id: str
    org: str
    by: str
    why: str
    kind: str
    body: Mapping[str, Any]
    about: str = ""
    undoes: str = ""
    sensitivity: SensitivityClass = SensitivityClass.RESTRICTED
    sealed: Sealed | None = None
    seen: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        _check_names(self)
        if not _LOG.fullmatch(self.log) or not _HASH.fullmatch(self.prev):
            raise ValueError("a log is named by 32 hexadecimal digits, a hash has 64")
        if self.seq < 1 or self.at_ms < 0 or self.seq > LARGEST_INTEGER or self.at_ms > LARGEST_INTEGER:
            raise ValueError("positions count from 1 and times from 1970")
        if any(not _LOG.fullmatch(log) or length < 1 for log, length in self.seen):
            raise ValueError("`seen` names logs and how long they were")
        check_plain(self.body, "body")
        object.__setattr__(self, "body", frozen_tree(self.body))


def _check_names(record: Draft | Entry) -> None:
    """Raise ValueError when a name or a sentence of an entry does not fit."""
    if not _ID.fullmatch(record.id):
        raise ValueError("the id of an entry must be 1 to 200 printable characters without spaces")
    if not _ORG.fullmatch(record.org):
        raise ValueError("an organisation is named by up to 64 letters, digits, dots and dashes")
    if not _KIND.fullmatch(record.kind):
        raise ValueError("the kind of an entry is two lower-case words with a dot between them")
    for name in ("by", "why"):
        text = getattr(record, name)
        if not text.strip() or len(text) > _LONGEST_TEXT or not _is_text(text):
            raise ValueError(f"every entry says {name}, in at most {_LONGEST_TEXT} characters")
    for name in ("about", "undoes"):
        if getattr(record, name) and not _ID.fullmatch(getattr(record, name)):
            raise ValueError(f"`{name}` must be up to 200 printable characters without spaces")


def check_plain(value: object, where: str, depth: int = 0) -> None:
    """Raise ValueError unless a value is JSON of whole numbers, valid text and ASCII keys."""
    if depth > MAX_BODY_DEPTH:
        raise ValueError(f"{where} is nested too deep")
    if isinstance(value, Mapping):
        for key, child in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError(f"{where}: keys must be ASCII text")
            check_plain(child, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for child in value:
            check_plain(child, where, depth + 1)
    elif isinstance(value, str):
        if not _is_text(value):
            raise ValueError(f"{where} is not valid Unicode text")
    elif value is not None and not isinstance(value, bool) and not _is_whole(value):
        raise ValueError(f"{where} must be text, a whole number, true, false, null, a list or an object")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and abs(value) <= LARGEST_INTEGER


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True

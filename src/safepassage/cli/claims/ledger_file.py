"""The ledger on disk: read whole, added to at its end, never rewritten."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from safepassage.domain.claims.ledger import Entry, Ledger
from safepassage.domain.errors import FormatError
from safepassage.domain.problem import Problem
from safepassage.formats.claims import ledger_json

OWNER_ONLY = 0o600
_LOOKED_AT = 4096


def load(path: Path) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger of a file and the problems of its lines.

    Raises
    ------
    FormatError
        When it is no text.
    """
    data = path.read_bytes()
    _require_text(data[:_LOOKED_AT], path)
    return ledger_json.read(data, file=path.name)


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Add entries to a ledger file, on disk before this returns; a cut-off last line is closed first.

    Raises
    ------
    FormatError
        When what is there is no text; nothing was added.
    """
    data = ledger_json.write(entries)
    if not data:
        return
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, OWNER_ONLY)
    try:
        size = os.fstat(handle).st_size
        _require_text(os.pread(handle, _LOOKED_AT, 0), path)
        if size and os.pread(handle, 1, size - 1) != b"\n":
            data = b"\n" + data
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_text(head: bytes, path: Path) -> None:
    """Refuse an encrypted store, which lines at its end would spoil."""
    if b"\0" in head:
        what, remedy = "is no ledger of lines", "if it is a store, say so with --store"
        raise FormatError(file=path.name, what=what, remedy=remedy)


def load_named(options: argparse.Namespace) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger that a command names: a file, or with `--store` the claims entries of a store."""
    return load_at(options, options.ledger) if options.store else load(options.ledger)


def load_at(options: argparse.Namespace, path: Path) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger at a path, which `--store` says is a store; a file that is not there is empty."""
    if not options.store:
        return load(path) if path.exists() else (Ledger(), ())
    from safepassage.cli.claims import claims_store  # noqa: PLC0415 - a ledger file needs no database

    return claims_store.load(path, options.key_file)


def append_named(options: argparse.Namespace, entries: Iterable[Entry]) -> None:
    """Add entries to the ledger that a command names, on disk before this returns."""
    append_at(options, options.ledger, entries)


def append_at(options: argparse.Namespace, path: Path, entries: Iterable[Entry]) -> None:
    """Add entries to the ledger or store at a path, on disk before this returns."""
    if not options.store:
        append(path, entries)
        return
    from safepassage.cli.claims import claims_store  # noqa: PLC0415

    claims_store.append(path, options.key_file, entries)


def now() -> str:
    """Return the time for an entry: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

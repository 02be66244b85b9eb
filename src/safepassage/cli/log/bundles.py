"""`safepassage store send | receive`: exchange between offices by a file."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from safepassage.cli.log import store_file
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.errors import StoreError
from safepassage.formats.log import checkpoint_json
from safepassage.store import exchange, keys
from safepassage.store.embedded import sync_folder

NAMESAKE = " (another log under this office's name: a second store of it, or somebody who took the name)"


def send(options: argparse.Namespace) -> Outcome:
    """Write an encrypted bundle, whole or not at all."""
    known: dict[str, int] = {}
    for path in options.known:
        checkpoint = checkpoint_json.read(path.read_bytes(), file=path.name)
        known[checkpoint.log] = checkpoint.size
    secret = _shared(options.bundle_key)
    with store_file.opened(options) as store:
        data = exchange.make_bundle(store, store_file.now_ms(), known)
    write_new(options.output, exchange.locked(data, secret))
    text = f"{options.output}: {len(data)} bytes of entries, encrypted."
    return Outcome(code=OK, text=text, data={"bundle": str(options.output)})


def receive(options: argparse.Namespace) -> Outcome:
    """Take what is new; say for each log what became of it."""
    secret = _shared(options.bundle_key)
    data = exchange.unlocked(options.bundle.read_bytes(), secret, file=options.bundle.name)
    with store_file.opened(options) as store:
        taken = exchange.take_bundle(store, data, file=options.bundle.name, by=options.by)
        own, org = store.own_logs(), store_file.own_org(store)
    lines = [
        f"log {one.log[:8]} of {one.org}: "
        + (f"REFUSED: {one.refused}" if one.refused else f"{one.added} new")
        + (NAMESAKE if one.org == org and one.log not in own else "")
        for one in taken
    ]
    rows: list[dict[str, Any]] = [
        {"log": one.log, "org": one.org, "added": one.added, "refused": one.refused or None} for one in taken
    ]
    code = NOT_VERIFIED if any(one.refused for one in taken) else OK
    return Outcome(code=code, text=listed(lines), data={"logs": rows})


def _shared(path: Path) -> keys.Secret:
    """Return what both offices hold; a bundle is worth nothing without the same at the other end."""
    if not path.is_file():
        raise StoreError(
            f"There is no file {path}: write a passphrase into it that the other office holds, too, or take "
            "one that `store init --make-key-file` made."
        )
    return keys.secret_of_file(path.read_text(encoding="utf-8"))


def write_new(path: Path, data: bytes) -> None:
    """Write a new file for its owner only, on disk before this returns, or leave nothing.

    Raises
    ------
    StoreError
        When something is there already.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise StoreError(f"{path} is there already: give another name.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise

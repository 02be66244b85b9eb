"""Opens the store that a command names: with the key file it gives, or a passphrase that is asked for."""

from __future__ import annotations

import argparse
import getpass
import os
import time
import tomllib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safepassage.domain.errors import StoreError
from safepassage.store import keys
from safepassage.store.backend import Backend
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret
from safepassage.store.server_schema import Server

KEY_FILE = "SAFEPASSAGE_KEY_FILE"
"""Names the key file where a command does not."""
NOTHING_OPENS = f"Nothing opens the store: give --key-file FILE, set {KEY_FILE}, or type a passphrase."


def now_ms() -> int:
    """Return the time of receipt: milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def secret(key_file: Path | None, *, again: bool = False) -> Secret:
    """Return what opens the store; `again` asks twice for a new passphrase.

    Raises
    ------
    StoreError
        When there is nothing to open it with, or a new passphrase is too short.
    """
    named = key_file or (Path(os.environ[KEY_FILE]) if os.environ.get(KEY_FILE) else None)
    if named is not None:
        found = keys.secret_of_file(named.read_text(encoding="utf-8"))
        return keys.require_long(found) if again else found
    return Secret(passphrase=new_passphrase("Passphrase") if again else _asked("Passphrase: ", NOTHING_OPENS))


def new_passphrase(what: str) -> str:
    """Ask twice for something new and secret.

    Raises
    ------
    StoreError
        When it is too short, or the two differ.
    """
    nothing = f"No {what.lower()} was typed: it is asked for on a terminal and taken from nowhere else."
    if what == "Passphrase":
        nothing = NOTHING_OPENS
    given = _asked(f"New {what.lower()}: ", nothing)
    if len(given) < keys.SHORTEST_PASSPHRASE:
        least = keys.SHORTEST_PASSPHRASE
        raise StoreError(f"The {what.lower()} is too short: take at least {least} characters.")
    if _asked("Once more: ", nothing) != given:
        raise StoreError("The two differ: start again.")
    return given


def _asked(question: str, nothing: str) -> str:
    """Ask on the terminal, without showing the answer; where there is none, refuse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            answer = getpass.getpass(question)
    except (EOFError, OSError, getpass.GetPassWarning):
        answer = ""
    if not answer:
        raise StoreError(nothing)
    return answer


@contextmanager
def opened(options: argparse.Namespace, *, writes: bool = True) -> Iterator[EventStore]:
    """Open the store of a command and close it after."""
    backend = open_backend(options.store, secret(options.key_file), writes=writes)
    try:
        yield EventStore(backend, now_ms)
    finally:
        backend.close()


def is_server(store: Path) -> bool:
    """Tell whether a store is named by a file that says where a server is."""
    return store.suffix == ".toml"


def open_backend(store: Path, opened_by: Secret, *, writes: bool = True, new_salt: bytes = b"") -> Backend:
    """Open a store file, or the server that a `.toml` file names.

    Raises
    ------
    StoreError
        When it cannot be opened.
    """
    if not is_server(store):
        return EmbeddedBackend.open(store, opened_by, writes=writes)
    try:
        # The driver is an extra: whoever keeps the store in a file need not have it.
        from safepassage.store.postgres import PostgresBackend  # noqa: PLC0415
    except ImportError:
        raise StoreError(
            "A store on a server needs the extra `server`: install safepassage[server]."
        ) from None
    return PostgresBackend.open(server(store), opened_by, new_salt=new_salt)


def server(path: Path) -> Server:
    """Return what a `.toml` file says about a server.

    Raises
    ------
    StoreError
        When a field is missing, unknown or of the wrong type.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))["server"]
        if "password_file" in said:
            file = path.parent / said.pop("password_file")
            said["password"] = file.read_text(encoding="utf-8").rstrip("\r\n")
        if any(not isinstance(value, int if name == "port" else str) for name, value in said.items()):
            raise TypeError("a field is of the wrong type")
        return Server(**said)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise StoreError(
            f"{path} does not say where a server is ({fault}): see the page on the log."
        ) from None


def own_org(store: EventStore) -> str:
    """Return the organisation of this office.

    Raises
    ------
    StoreError
        When the store has no log of its own.
    """
    for entry in store.entries():
        return entry.org
    raise StoreError("This store has no log of its own: it was not finished, remove it and make a new one.")

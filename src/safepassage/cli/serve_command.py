"""`safepassage serve`: show a case in a browser on this computer."""

from __future__ import annotations

import argparse
import ctypes
import io
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safepassage import example
from safepassage.cli.log import shared_map, store_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import SafePassageError

if TYPE_CHECKING:
    from safepassage.web.desk.desk import Desk
    from safepassage.web.feeds.shared_map import SharedLayers

LOOPBACK = "127.0.0.1"
WAITING = 2048
SILENT_S = 20
"""Seconds after which an idle connection is closed."""
_M_MMAP_THRESHOLD, _LARGE_BYTES = -3, 1 << 20


class ServeError(SafePassageError):
    """The pages cannot be shown; the message says why."""


def run(options: argparse.Namespace) -> Outcome:
    """Show the pages until interrupted."""
    with ExitStack() as stack:
        shared = None
        if options.shared_map is not None:
            from safepassage.web.feeds.shared_map import SharedLayers  # noqa: PLC0415

            shared = SharedLayers(stack.enter_context(shared_map.opened(options.shared_map)))
        return _shown(options, shared)


def _shown(options: argparse.Namespace, shared: SharedLayers | None) -> Outcome:
    import uvicorn  # noqa: PLC0415 - no other command needs a server

    from safepassage.web.application import application  # noqa: PLC0415

    desk, said = _desk(options)
    shown = _in_network(options, desk.org) if options.lan else _on_this_computer()
    config = uvicorn.Config(
        application(desk, hosts=shown.hosts, shared=shared), host=shown.host, port=options.port,
        log_level="warning", access_log=False, server_header=False, date_header=False, proxy_headers=False,
        timeout_keep_alive=SILENT_S, timeout_graceful_shutdown=1, **shown.secured,
    )  # fmt: skip
    try:
        listening = config.bind_socket()
    except SystemExit:
        desk.close()
        raise ServeError(f"Port {options.port} is taken by another program: choose another one.") from None
    # From here on whoever asks waits: a program that reads the address below may use it at once.
    listening.listen(WAITING)
    address = f"{shown.scheme}://{shown.name}:{listening.getsockname()[1]}"
    print(f"The pages are at {address} (stop with Ctrl-C)")
    print(*said, *shown.said(address), sep="\n", flush=True)
    desk.order()
    give_large_blocks_back()
    try:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        desk.close()
    return Outcome(code=OK, text="Stopped.", data={})


def give_large_blocks_back() -> None:
    """Have glibc hand blocks of a megabyte and more back to the system as soon as they are free.

    Each password takes 19 MiB for a moment. By default glibc keeps blocks of that size once it has seen one,
    in every thread that signs somebody in (mallopt(3), "dynamic mmap threshold"): memory would grow by steps.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where the pages are listened for, under which names, and how they are kept from others on the way."""

    scheme: str
    name: str
    host: str
    hosts: tuple[str, ...]
    secured: dict[str, Any]
    fingerprint: str = ""
    authority: Path | None = None

    def said(self, address: str) -> list[str]:
        """Return what people need to come to the pages from another computer, nothing for this one."""
        if not self.fingerprint:
            return []
        import segno  # noqa: PLC0415 - only where a telephone has to find the pages

        drawn = io.StringIO()
        segno.make(address, error="m").terminal(drawn, compact=True)
        return [
            drawn.getvalue(),
            f"Anybody in this network can try to sign in. Hand out {self.authority} in person, and compare:",
            f"SHA-256 {self.fingerprint}",
        ]


def _on_this_computer() -> Shown:
    from safepassage.web.application import LOOPBACK as NAMES  # noqa: PLC0415

    return Shown(scheme="http", name=LOOPBACK, host=LOOPBACK, hosts=NAMES, secured={})


def _in_network(options: argparse.Namespace, office: str) -> Shown:
    """Return how the pages are shown in the local network: encrypted, by a certificate of our own."""
    from safepassage.store import certificates  # noqa: PLC0415
    from safepassage.web.application import LOOPBACK as NAMES  # noqa: PLC0415

    if options.store is None:
        raise ServeError("In a network everybody could take any role: give --store, so that people sign in.")
    folder = options.store.parent / f"{options.store.name}-certificates"
    found = certificates.server_files(folder, [options.lan, *NAMES], office=office, now=datetime.now(UTC))
    return Shown(
        scheme="https", name=options.lan, host=options.lan, hosts=(options.lan.lower(), *NAMES),
        secured={"ssl_certfile": str(found.certificate), "ssl_keyfile": str(found.key)},
        fingerprint=found.fingerprint, authority=found.authority,
    )  # fmt: skip


def _desk(options: argparse.Namespace) -> tuple[Desk, list[str]]:
    """Return the desk that the options ask for, and what has to be said about it."""
    from safepassage.web.desk import office  # noqa: PLC0415
    from safepassage.web.desk.desk import Given  # noqa: PLC0415

    given = Given.read(options.case or example.path(), options.network)
    if options.store is not None:
        return office.kept_desk(given, store_file.open_backend(
            options.store, store_file.secret(options.key_file)
        )), []  # fmt: skip
    if options.case is None:
        return office.example_desk(given), []
    desk, passwords = office.unkept_desk(given)
    lines = [f"Sign in as {name} with {password}" for name, password in passwords.items()]
    return desk, [*lines, "Nothing is kept when this ends: give --store to keep it."]

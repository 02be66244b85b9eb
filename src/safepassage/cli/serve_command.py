"""`safepassage serve`: show a case in a browser on this computer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from safepassage import example
from safepassage.cli import store_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import SafePassageError

if TYPE_CHECKING:
    from safepassage.web.desk import Desk

LOOPBACK = "127.0.0.1"
SILENT_S = 20
"""Seconds after which an idle connection is closed."""


class ServeError(SafePassageError):
    """The pages cannot be shown; the message says why."""


def run(options: argparse.Namespace) -> Outcome:
    """Show the pages until interrupted."""
    import uvicorn  # noqa: PLC0415 - no other command needs a server

    from safepassage.web.application import application  # noqa: PLC0415

    desk, said = _desk(options)
    config = uvicorn.Config(
        application(desk), host=LOOPBACK, port=options.port, log_level="warning", access_log=False,
        server_header=False, date_header=False, proxy_headers=False, timeout_keep_alive=SILENT_S,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    try:
        listening = config.bind_socket()
    except SystemExit:
        desk.close()
        raise ServeError(f"Port {options.port} is taken by another program: choose another one.") from None
    print(f"The pages are at http://{LOOPBACK}:{listening.getsockname()[1]} (stop with Ctrl-C)")
    print(*said, sep="\n", end="\n" if said else "", flush=True)
    desk.order()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        desk.close()
    return Outcome(code=OK, text="Stopped.", data={})


def _desk(options: argparse.Namespace) -> tuple[Desk, list[str]]:
    """Return the desk that the options ask for, and what has to be said about it."""
    from safepassage.web import office  # noqa: PLC0415
    from safepassage.web.desk import Given  # noqa: PLC0415

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

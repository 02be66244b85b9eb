"""`safepassage serve`: show a case in a browser on this computer."""

from __future__ import annotations

import argparse

from safepassage import example
from safepassage.casework.reading import read_case_input
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import SafePassageError

LOOPBACK = "127.0.0.1"


class ServeError(SafePassageError):
    """The pages cannot be shown; the message says why."""


def run(options: argparse.Namespace) -> Outcome:
    """Show the pages until interrupted."""
    import uvicorn  # noqa: PLC0415 - no other command needs a server

    from safepassage.web.application import application  # noqa: PLC0415
    from safepassage.web.desk import Desk  # noqa: PLC0415

    desk = Desk.of(read_case_input(options.case or example.path(), options.network))
    config = uvicorn.Config(
        application(desk), host=LOOPBACK, port=options.port, log_level="warning", access_log=False,
        server_header=False, date_header=False, proxy_headers=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    try:
        listening = config.bind_socket()
    except SystemExit:
        raise ServeError(f"Port {options.port} is taken by another program: choose another one.") from None
    port = listening.getsockname()[1]
    print(f"The pages are at http://{LOOPBACK}:{port} (stop with Ctrl-C)", flush=True)
    server.run(sockets=[listening])
    return Outcome(code=OK, text="Stopped.", data={})

"""Show the example's report to browsers on this computer, and to nobody else."""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import SetupError, child_environ

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8017
EXIT_SOME_UNSERVED = 3


class LocalHandler(http.server.SimpleHTTPRequestHandler):
    """Serve files of one folder to requests that were addressed to this computer by its own name.

    Checking the Host header keeps a page elsewhere from reading the report through the browser by
    pointing its own name at this computer.
    """

    def do_GET(self) -> None:
        """Answer one request for a file."""
        if self.addressed_here():
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer one request for a file's headers."""
        if self.addressed_here():
            super().do_HEAD()

    def addressed_here(self) -> bool:
        """Tell whether the request names this computer; refuse it otherwise."""
        name = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if name in {LOOPBACK, "localhost"}:
            return True
        self.send_error(421, "This report is shown on this computer only.")
        return False

    def end_headers(self) -> None:
        """Keep the report out of caches and out of other pages."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Frame-Options", "DENY")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent: a log of who read what is not wanted."""


def serve_demo(python: Path, args: Sequence[str], *, root: Path, say: Callable[[str], None]) -> int:
    """Plan the example, then serve its folder until interrupted.

    Raises
    ------
    SetupError
        When the example could not be planned or the port is taken.
    """
    parser = argparse.ArgumentParser(prog="bootstrap.py serve")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on this computer, 0 for any")
    options = parser.parse_args(args)
    report = plan_demo(python, root)
    with open_server(report.parent, options.port) as server:
        say(f"The report is at http://{LOOPBACK}:{server.server_port}/{report.name} (stop with Ctrl-C)")
        server.serve_forever()
    return 0


def plan_demo(python: Path, root: Path) -> Path:
    """Plan the built-in example and return the path of its report.

    Raises
    ------
    SetupError
        When the plan failed or wrote no report.
    """
    command = [str(python), "-m", "safepassage", "demo", "--json"]
    done = subprocess.run(
        command, cwd=root, env=child_environ(), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode not in {0, EXIT_SOME_UNSERVED}:
        raise SetupError(f"The example could not be planned (exit code {done.returncode}).")
    outputs: dict[str, str] = json.loads(done.stdout)["outputs"]
    if "report.html" in outputs:
        return (root / outputs["report.html"]).resolve()
    raise SetupError("The example was planned, but it wrote no report.")


def open_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of one folder, bound to the loopback address.

    Raises
    ------
    SetupError
        When the port is taken.
    """
    handler = functools.partial(LocalHandler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        raise SetupError(f"Port {port} is taken by another program: choose one with --port.") from error

"""Run the commands of `bootstrap.py`: what a user or a developer types, from an empty checkout on."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import bundle, housekeeping
from tools.environment import SetupError, child_environ, find_environment, prepare

ROOT = Path(__file__).resolve().parent.parent
CORE = ("requirements.lock",)
DEV = ("requirements-dev.lock", "requirements.lock")
BENCH = ("requirements-bench.lock", "requirements-dev.lock", "requirements.lock")
BENCHMARKS = ("network", "planning")
INTERRUPTED = 130
MOST_WORKERS = 4
# Files stay together: what a module's tests share is made once. Long ones begin first (tests/conftest.py).
SHARED_OUT = ("--dist", "loadfile", "--no-loadscope-reorder")


def say(line: str) -> None:
    """Print a line of progress beside the results, not among them."""
    print(line, file=sys.stderr, flush=True)


def run(python: Path, args: Sequence[str]) -> int:
    """Run the environment's Python in the checkout and return its exit code.

    An interrupt reaches it, too: it is waited for, so that tests that are cut off say what they found.
    """
    before = signal.getsignal(signal.SIGINT)
    # What is ignored is handed on to what is begun; a handler that does nothing is not.
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run([str(python), *args], cwd=ROOT, env=child_environ(), check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def demo(args: Sequence[str]) -> int:
    """Set up and plan the built-in example."""
    python = prepare(find_environment(ROOT), CORE, say=say)
    return run(python, ["-m", "safepassage", "demo", *args])


def test(args: Sequence[str]) -> int:
    """Set up and run the fast tests; `--all` adds the slow ones, other arguments go to pytest."""
    python = prepare(find_environment(ROOT), DEV, say=say)
    rest = [arg for arg in args if arg != "--all"]
    marker = [] if "-m" in args or "--all" in args else ["-m", "not slow"]
    return run(python, ["-m", "pytest", *workers(rest), *marker, *rest])


def workers(args: Sequence[str]) -> list[str]:
    """Return how many processes share a whole run of the tests; a chosen few run in one."""
    whole = list(args) in ([], ["-m", "slow"])
    count = min(os.cpu_count() or 1, MOST_WORKERS)
    return ["-n", str(count), *SHARED_OUT] if whole and count > 1 else []


CHECKS: dict[str, list[str]] = {
    "lint": ["-m", "ruff", "check"],
    "format": ["-m", "ruff", "format", "--check"],
    "types": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-logo"],
    "docs": ["docs/generate.py", "--check"],
    "tests": ["-m", "pytest", "-n", "2", *SHARED_OUT, "-m", "not slow"],
}


def check(args: Sequence[str]) -> int:
    """Run lint, format, types, imports, docs and tests, or those named; report every one that fails.

    Raises
    ------
    SetupError
        When a named check does not exist.
    """
    unknown = [name for name in args if name not in CHECKS]
    if unknown:
        raise SetupError(f"There is no check {unknown[0]!r}: choose from {', '.join(CHECKS)}.")
    python = prepare(find_environment(ROOT), DEV, say=say)
    failed = []
    for name in args or CHECKS:
        say(f"== {name}")
        if run(python, CHECKS[name]):
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def serve(args: Sequence[str]) -> int:
    """Show the built-in example in a browser on this computer; arguments go to `safepassage serve`."""
    python = prepare(find_environment(ROOT), CORE, say=say)
    return run(python, ["-m", "safepassage", "serve", *args])


def make_bundle(args: Sequence[str]) -> int:
    """Make a folder that installs on a computer without a network."""
    environment = find_environment(ROOT)
    prepare(environment, CORE, say=say)
    return bundle.make(environment, args, say=say)


def bench(args: Sequence[str]) -> int:
    """Measure speed beside the peers and print the tables; arguments go to each benchmark."""
    python = prepare(find_environment(ROOT), BENCH, say=say)
    return max(run(python, [f"benchmarks/{name}.py", *args]) for name in BENCHMARKS)


def lock(args: Sequence[str]) -> int:
    """Renew the lock files from pyproject.toml."""
    return housekeeping.lock(ROOT, args, say=say)


def clean(args: Sequence[str]) -> int:
    """Remove what the other commands made in this folder."""
    return housekeeping.clean(ROOT, args, say=say)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "serve": serve,
    "bundle": make_bundle,
    "bench": bench,
    "lock": lock,
    "clean": clean,
}


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the launcher: one command, and the rest for it."""
    listing = "\n".join(
        f"  {name:8}{(function.__doc__ or '').partition(chr(10))[0]}" for name, function in COMMANDS.items()
    )
    parser = argparse.ArgumentParser(
        prog="bootstrap.py",
        description="Set up and run safepassage with nothing but Python.",
        epilog=f"commands:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", choices=list(COMMANDS), metavar="COMMAND", help="one of the commands below"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="passed on to the command")
    return parser


def main(argv: Sequence[str]) -> int:
    """Run one command; return its exit code, 2 with one sentence when the set-up failed."""
    options = build_parser().parse_args(argv)
    try:
        return COMMANDS[options.command](options.rest)
    except SetupError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("Stopped.")
        return INTERRUPTED

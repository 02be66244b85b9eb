"""Runs a command, prints what it found, returns the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from safepassage.cli.outcome import Outcome
from safepassage.domain.errors import SafePassageError

OK, MALFORMED, UNSERVED, NOT_VERIFIED, INSUFFICIENT = 0, 2, 3, 4, 5


def run(options: argparse.Namespace) -> int:
    """Run the chosen command; every foreseeable failure is one sentence and an exit code."""
    try:
        outcome = _command(options.command)(options)
    except SafePassageError as error:
        outcome = _failure(str(error))
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        outcome = _failure(f"{name}{error.strerror or error}.")
    except KeyboardInterrupt:
        outcome = Outcome(code=130, text="Stopped; nothing was written.", data={"error": "stopped"})
    _print(outcome, as_json=options.json)
    return outcome.code


def _failure(sentence: str) -> Outcome:
    return Outcome(code=MALFORMED, text=sentence, data={"error": sentence}, to_stderr=True)


def _command(name: str) -> Callable[[argparse.Namespace], Outcome]:
    # Each command is imported when it runs: `safepassage check` need not load the solvers.
    from importlib import import_module  # noqa: PLC0415

    command: Callable[[argparse.Namespace], Outcome] = import_module(f"safepassage.cli.{name}_command").run
    return command


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = {**outcome.data, "exit_code": outcome.code}
        _write(sys.stdout, json.dumps(document, ensure_ascii=False, indent=2))
    elif outcome.text:
        _write(sys.stderr if outcome.to_stderr else sys.stdout, outcome.text)


def _write(stream: Any, text: str) -> None:
    """Print text on a terminal of any encoding; characters it lacks become question marks, not a crash."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, errors="replace").decode(encoding), file=stream, flush=True)
    except BrokenPipeError:
        sys.stderr.close()

"""Runs a command, prints what it found, returns the exit code."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from safepassage.cli.outcome import Outcome, harmless_json, harmless_text
from safepassage.domain.errors import SafePassageError
from safepassage.formats.containers.markup import isolated

OK, FAULT, MALFORMED, UNSERVED, NOT_VERIFIED, INSUFFICIENT, HELD, OVERDUE = range(8)
DEBUG = "SAFEPASSAGE_DEBUG"
"""Set in the environment, it lets an unexpected error through with all its lines."""


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
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        outcome = _fault(error)
    _print(outcome, as_json=options.json)
    return outcome.code


def refuse_usage(message: str, usage: str, *, as_json: bool) -> int:
    """Say what is wrong with the command line; return the exit code."""
    text = f"{usage}{message}"
    _print(Outcome(code=MALFORMED, text=text, data={"error": message}, to_stderr=True), as_json=as_json)
    return MALFORMED


def _failure(sentence: str) -> Outcome:
    return Outcome(code=MALFORMED, text=sentence, data={"error": sentence}, to_stderr=True)


def _fault(error: Exception) -> Outcome:
    """Say that the program is at fault, and where, in one sentence."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    sentence = (
        f"safepassage itself failed ({type(error).__name__} in {where}); nothing was written. "
        f"Please report this with what you typed; {DEBUG}=1 shows everything."
    )
    return Outcome(code=FAULT, text=sentence, data={"error": sentence}, to_stderr=True)


def _command(name: str) -> Callable[[argparse.Namespace], Outcome]:
    # Each command is imported when it runs: `safepassage check` need not load the solvers.
    from importlib import import_module  # noqa: PLC0415

    command: Callable[[argparse.Namespace], Outcome] = import_module(
        f"safepassage.cli.{name.replace('-', '_')}_command"
    ).run
    return command


def _print(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        document: dict[str, Any] = {**outcome.data, "exit_code": outcome.code}
        _write(sys.stdout, harmless_json(json.dumps(document, ensure_ascii=False, indent=2)))
    elif outcome.text:
        _write(sys.stderr if outcome.to_stderr else sys.stdout, isolated(harmless_text(outcome.text)))


def _write(stream: TextIO | None, text: str) -> None:
    """Print text on a terminal of any encoding; characters it lacks become question marks, not a crash.

    A stream that is closed or full changes nothing about what was done, nor the exit code that says so.
    """
    if stream is None:  # closed by whoever started us
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if not encoding.lower().startswith("utf"):  # letters of its own from the right, but no signs around them
        text = text.replace("\u2068", "").replace("\u2069", "")
    try:
        print(text.encode(encoding, errors="replace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        _give_up(stream)
        if not isinstance(error, BrokenPipeError) and stream is not sys.stderr:
            _write(sys.stderr, f"The result could not be printed: {error.strerror or error}.")


def _give_up(stream: TextIO) -> None:
    """Send what is left in a broken stream nowhere, or Python would fail on it once more at the end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return

"""A second reader: a language model that this machine serves proposes attributions, in words of the text."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.cli.claims import loopback
from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.gazetteer import Gazetteer
from safepassage.domain.claims.reading import Reading, Verbatim
from safepassage.domain.claims.values import Report
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.formats.claims import model_chat
from safepassage.formats.claims.report_text import ReceivedText

Read = tuple[Reading, ReceivedText]
HINT = "start the server of the model, or read without --model; what the reader itself found stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The reports of a file, each as it was received, and the places and actors they are read with."""

    reports: tuple[tuple[Report, ReceivedText], ...]
    gazetteer: Gazetteer
    actors: tuple[Actor, ...]


def model_readings(port: int, received: Received) -> tuple[list[Read], tuple[Problem, ...]]:
    """Return what a model proposes for each report; one that is silent or babbles costs its own proposals."""
    from safepassage.extracting import extract_proposed  # noqa: PLC0415 - loads a parser

    readings, problems = [], []
    for report, as_received in received.reports:
        proposed, faults = _proposed(port, report.text)
        problems += faults
        reading = extract_proposed(report, received.gazetteer, received.actors, proposed)
        readings.append((reading, as_received))
    return readings, tuple(problems)


def _proposed(port: int, text: str) -> tuple[list[Verbatim], list[Problem]]:
    """Return what a model proposes for a text, piece by piece, up to the first one without an answer."""
    found: list[Verbatim] = []
    dropped = 0
    for piece in model_chat.pieces(text):
        try:
            proposed, lost = model_chat.answer(loopback.asked(port, model_chat.request(piece)), piece)
        except OSError as fault:
            return found, [error("MODEL_SILENT", _where(port), f"does not answer: {fault}", HINT)]
        except ValueError as fault:
            return found, [error("MODEL_ANSWER", _where(port), str(fault), HINT)]
        found += proposed
        dropped += lost
    what = f"{dropped} of {dropped + len(found)} proposals are not in words of the text and were left out"
    return found, [warning("MODEL_WORDS", _where(port), what, "nothing is to be done")] if dropped else []


def _where(port: int) -> Where:
    return Where(file=f"--model {port}")

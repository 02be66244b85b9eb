"""Which truck brings what where, on the roads that the evacuation leaves, with a bound."""

from __future__ import annotations

from safepassage.engines.distribution.distribute import distribute
from safepassage.engines.distribution.exposed_before import with_exposure
from safepassage.engines.distribution.led_round import led_round
from safepassage.engines.distribution.meets import Scene
from safepassage.engines.distribution.onward import Gone, delivered, gone, onward, since
from safepassage.kernels import aid_program
from safepassage.kernels.tours import day_rounds, load_paths, priced_rounds, timed_paths, whole_rounds

__all__ = [
    "Gone", "Scene", "delivered", "distribute", "gone", "led_round", "load", "load_programs", "onward",
    "since", "with_exposure",
]  # fmt: skip


def load() -> None:
    """Load the loops of rounds and of their bounds ahead; otherwise they are on their first call."""
    for kernel in (whole_rounds, day_rounds, load_paths, priced_rounds, timed_paths):
        kernel.load()


def load_programs() -> None:
    """Load the solver of programs ahead; otherwise it is loaded by the first program."""
    aid_program.load()

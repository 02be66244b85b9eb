"""What many worlds and a simulator say of a plan: in words, and as documents beside it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safepassage.casework.many_workers import Crew
from safepassage.casework.worlds_asked import Order, question_of, voices, weighed
from safepassage.cli.plan.worlds_text import worlds_text
from safepassage.domain.worlds import PERMILLE, Chances
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import simulation_json, worlds_json

TIME_LIMIT_S, SPREAD_PERMILLE = 600, 100
"""Of each run of the simulator, and the second run's spread of speeds (the simulator's own default)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Documents beside a plan, empty where they were not asked for, and what they say in lines."""

    worlds: Mapping[str, Any] = field(default_factory=dict)
    simulation: Mapping[str, Any] = field(default_factory=dict)
    driven: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()

    @property
    def documents(self) -> dict[str, bytes]:
        """Canonical bytes by name."""
        found = {"worlds": self.worlds, "simulation": self.simulation, "driven": self.driven}
        return {name: canonical_json.encode(dict(rows)) for name, rows in found.items() if rows}


def judged(
    inputs: bytes, plan: bytes, claims: Mapping[str, Any] | None, options: argparse.Namespace, crew: Crew
) -> Judged:
    """Return what the worlds and the simulator that were asked for say of a plan.

    Raises
    ------
    SimulatorError
        When the simulator is asked for and is not there.
    """
    hashes = {"inputs_sha256": canonical_json.sha256(inputs), "plan_sha256": canonical_json.sha256(plan)}
    clock, found = LocalClock.of(canonical_json.decode(inputs)), Judged()
    if options.worlds is not None:
        order = order_of(inputs, plan, claims, options)
        sheet = weighed(order, crew)
        names = dict(question_of(order).problem.directions)
        found = Judged(
            worlds=worlds_json.document(sheet, **hashes), lines=(worlds_text(sheet, clock, names),)
        )
    return _driven(found, inputs, plan, options.seed, hashes) if options.simulate else found


def order_of(
    inputs: bytes, plan: bytes, claims: Mapping[str, Any] | None, options: argparse.Namespace
) -> Order:
    """Return a plan as it is asked about in worlds."""
    said = sorted(voices(claims).items()) if claims else ()
    return Order(
        inputs=inputs, plan=plan, chances=chances_of(options), voices=tuple(said), seed=options.seed,
        worlds=options.worlds,
    )  # fmt: skip


def chances_of(options: argparse.Namespace) -> Chances:
    """Return what no report says: of the file that was named, or built in."""
    file = options.chances
    return Chances() if file is None else worlds_json.read_chances(file.read_bytes(), file=file.name)


def _driven(found: Judged, inputs: bytes, plan: bytes, seed: int, hashes: dict[str, str]) -> Judged:
    """Add what the simulator says: with the planned speeds, and with speeds that differ."""
    # The simulator can plan anew, and loads all of planning.
    from safepassage.cli.simulate_command import simulated_plan, simulation_text  # noqa: PLC0415

    asked = simulated_plan(inputs, plan, seed, TIME_LIMIT_S)
    first, rows = asked.run(PERMILLE, 0)
    sheets = [first, asked.run(PERMILLE, SPREAD_PERMILLE)[0]]
    clock = LocalClock.of(canonical_json.decode(inputs))
    names = {place.id: place.name for place in asked.problem.places}
    return Judged(
        worlds=found.worlds, simulation=simulation_json.document(sheets, **hashes),
        driven=simulation_json.driven(rows, by=asked.name, plan_sha256=hashes["plan_sha256"]),
        lines=(*found.lines, simulation_text(sheets, clock, names)),
    )  # fmt: skip

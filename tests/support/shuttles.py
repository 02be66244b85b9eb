"""Small shuttle problems, drawn at random or written out, and their plain documents."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from safepassage.domain.shuttle import (
    PartyGroup,
    Shelter,
    ShuttleProblem,
    ShuttleRules,
    ShuttleTravel,
    ShuttleVehicle,
)


def document(problem: ShuttleProblem) -> dict:
    """Return the problem as the verifier reads it."""
    rows = {
        name: [asdict(row) for row in getattr(problem, name)] for name in ("groups", "shelters", "vehicles")
    }
    travel = {name: getattr(problem.travel, name).tolist() for name in ("out_ms", "between_ms", "home_ms")}
    return {**rows, "travel": travel, "rules": asdict(problem.rules)}


def random_problem(seed: int, *, persons: int = 4, mixed: bool = False) -> ShuttleProblem:
    """Return a problem of up to three groups, one or two vehicles and shelters, and so many parties."""
    rng = np.random.default_rng(seed)

    def times(*shape):
        return rng.integers(1, 9, shape) * 1_000 + rng.integers(0, 1_000, shape)

    places, shelters, n_groups = int(rng.integers(1, 4)), int(rng.integers(1, 3)), int(rng.integers(1, 4))
    shares = rng.multinomial(persons - n_groups, np.full(n_groups, 1 / n_groups)) + 1
    groups = [
        PartyGroup(
            place=int(rng.integers(places)),
            parties=int(share),
            carers=int(rng.integers(2)) if mixed else 0,
            seats=int(rng.integers(1, 3)) if mixed else 1,
            wheelchair=int(rng.integers(2)) if mixed else 0,
            board_ms=int(rng.integers(4)) * 500,
        )
        for share in shares
    ]
    fleet = [
        ShuttleVehicle(
            seats=int(rng.integers(2, 4)) if mixed else int(rng.integers(1, 4)),
            wheelchair=int(rng.integers(1, 3)) if mixed else 0,
            first_ms=tuple(int(ms) for ms in times(places)),
        )
        for _ in range(int(rng.integers(1, 3)))
    ]
    return ShuttleProblem(
        groups=tuple(groups),
        shelters=tuple(Shelter(capacity_persons=int(rng.integers(1, persons + 1))) for _ in range(shelters)),
        vehicles=tuple(fleet),
        travel=ShuttleTravel(
            out_ms=times(shelters, places), between_ms=times(places, places), home_ms=times(places, shelters)
        ),
        rules=ShuttleRules(
            stop_ms=1_000 * int(rng.integers(1, 4)),
            unload_ms=1_000 * int(rng.integers(3)),
            last_persons=int(rng.integers(1, 6)),
            over_ms=int(rng.integers(1, 6)) * 1_000,
            waits_until="pickup" if rng.integers(2) else "shelter",
        ),
    )


def two_homes(**changes) -> ShuttleProblem:
    """Return two homes of three and two persons, two vehicles and two shelters; fields may be changed."""
    travel = ShuttleTravel(
        out_ms=np.array([[60_000, 90_000], [80_000, 70_000]]),
        between_ms=np.array([[0, 30_000], [30_000, 0]]),
        home_ms=np.array([[60_000, 80_000], [90_000, 70_000]]),
    )
    fields = {
        "groups": (
            PartyGroup(place=0, parties=3, board_ms=20_000),
            PartyGroup(place=1, parties=2, board_ms=20_000),
        ),
        "shelters": (Shelter(capacity_persons=3), Shelter(capacity_persons=3)),
        "vehicles": (
            ShuttleVehicle(seats=2, first_ms=(10_000, 40_000)),
            ShuttleVehicle(seats=1, first_ms=(40_000, 10_000)),
        ),
        "travel": travel,
        "rules": ShuttleRules(stop_ms=30_000, unload_ms=30_000, last_persons=5),
    }
    return ShuttleProblem(**{**fields, **changes})

"""Driven by our checker, published solutions are worth what their own evaluator says, in minutes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = (
    "BombThreat_specialized_only",
    "BombThreat_augmented",
    "FloodWilhelmsburg_specialized_only",
    "Default_default",
)


@pytest.fixture(scope="module")
def homes():
    """Return the benchmark script as a module."""
    spec = importlib.util.spec_from_file_location("nursing_homes", ROOT / "benchmarks" / "nursing_homes.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.shared
@pytest.mark.parametrize("name", CASES)
def test_published_solutions_are_worth_what_their_evaluator_says(homes, shared_dir, name):
    folder = shared_dir / "data" / "evacuation" / "hamburg" / "benchmark_data"
    matrices = folder / "precomputed_matrices" / "matrices"
    solved = folder / "example_solutions" / f"{name.lower()}_example.json"
    if not solved.exists():
        pytest.skip(f"{solved.name} is not in the shared folder")
    legs = matrices / f"{name}_first_leg.json"
    problem = homes.read(
        matrices / f"{name}_problem.json",
        folder / "vehicles" / f"{name}_vehicles.json",
        None,
        legs if legs.exists() else None,
    )
    check = homes.check_shuttle(homes.document(problem), homes.solution(solved, len(problem.groups)))
    assert check.violations == ()
    assert homes.minutes(problem, check.value) == pytest.approx(
        json.loads(solved.read_text("utf-8"))["overall_cost"], abs=1e-9
    )


def test_first_legs_follow_the_rules_of_the_evaluator(homes):
    case = {"depots": [{}], "facilities": [{"coords": [10.0, 53.5]}, {"coords": [10.0, 53.6]}]}
    times = homes.np.array([[0, 60_000, 70_000], [0, 0, 5_000], [0, 6_000, 0]])
    assert homes._first({"start_depot": 0}, {}, case, times) == (60_000, 70_000)
    assert homes._first({"start_node": 1}, {}, case, times) == (6_000, 0)
    given = homes._first({"start_coord": [10.0, 53.5]}, {"0": 12.34}, case, times)
    # 0.1 degrees of latitude are 11.12 km: at 30 km/h and a detour of 1.25, 27.8 minutes.
    assert given[0] == 12_340
    assert given[1] / 60_000 == pytest.approx(27.8, abs=0.01)

"""The plan of the built-in example: what must hold whatever the planner learns; the same bytes everywhere.

Totals stand in one place, as floors and ceilings that a better planner keeps.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from safepassage import example
from safepassage.formats.case.case_reading import read_case
from tests.support.planned import planned

pytestmark = pytest.mark.slow

AT_LEAST_SERVED = {"to_sumy": 4_000, "to_kursk": 4_000}
AT_LEAST_LEFT = 100
"""Persons whom no plan of the model can serve; the planner may leave more."""

HASHES = """
import hashlib
from safepassage import example
from safepassage.domain.situation import Situation
from safepassage.formats.case.case_reading import read_case
from safepassage.planning import StoppingRule, make_plan
from tests.support.planned import WORK, written
found = read_case(example.path())
plan = make_plan(found.network.network, Situation(case=found.case), stop=StoppingRule(work=WORK))
files = written(plan)
print(*(hashlib.sha256(files[name]).hexdigest() for name in sorted(files)))
"""


@pytest.fixture(scope="module")
def found():
    reading = read_case(example.path())
    return planned(reading.case, reading.network.network)


def test_it_is_verified(found):
    assert found.verdict.violations == ()


def test_both_directions_get_people_out(found):
    for direction, least in AT_LEAST_SERVED.items():
        assert found.direction(direction)["persons_served"] >= least


def test_somebody_is_left_and_everybody_left_has_a_reason(found):
    assert sum(row["unserved_bound"] for row in found.plan["directions"]) >= AT_LEAST_LEFT
    assert sum(found.reasons().values()) >= AT_LEAST_LEFT
    assert all(reason.startswith("UNSERVED_") for reason in found.reasons())
    assert not found.plan["complete"]


def test_no_bound_lies_after_the_clearance_and_each_says_what_limits(found):
    limits = {row["direction"]: row["text"] for row in found.plan["binding"]}
    for direction in AT_LEAST_SERVED:
        row = found.direction(direction)
        assert 0 < row["clearance_bound_s"] <= row["clearance_s"]
        assert limits[direction]


def test_there_is_a_corridor_for_every_place_and_each_has_an_alternative_or_says_why_not(found):
    assert len(found.plan["corridors"]) > 20
    for row in found.plan["corridors"]:
        assert row["alternative"] >= 0 or row["no_alternative"]


def test_another_process_with_another_hash_seed_makes_the_same_bytes(found, repo_root):
    other = "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": other,
        "PYTHONPATH": f"{repo_root / 'src'}{os.pathsep}{repo_root}",
    }
    done = subprocess.run(
        [sys.executable, "-c", HASHES],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        cwd=repo_root,
    )
    assert done.stdout.split() == [
        hashlib.sha256(found.files[name]).hexdigest() for name in sorted(found.files)
    ]

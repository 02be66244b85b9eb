"""What the verifier sums for, and says of, small problems and plans that are drawn: what it did before.

Other tests show that the sums are right (`tests/oracle`); these keep every one of them exact, so that a slip
by one second, one person or one arc shows. A line of `draws/NAME.txt` is what is found for one seed. When the
verifier is changed on purpose, `python -m tests.golden.test_draws [NAME ...]` writes them anew: read what
differs.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from safepassage_verify import verify
from tests.support.drawn_aid import distributions, shares
from tests.support.drawn_plans import draw, draw_going_on, left
from tests.support.drawn_sums import PROBLEMS

HERE = Path(__file__).parent / "draws"
SUMS_DRAWN, PLANS_DRAWN, PART = 120, 300, 60
SUMS = {**PROBLEMS, "left": left, "distributions": distributions, "shares": shares}
PLANS = {"plans": draw, "going_on": draw_going_on}
LONGEST = 40


def line_of_sums(name: str, seed: int) -> str:
    """Return the sums of one seed; long sentences by their hash."""
    found = SUMS[name](random.Random(f"{name} {seed}"))
    short = [f"{hashlib.sha256(x.encode()).hexdigest()[:8]}" if len(x) > LONGEST else value
             for value in found for x in [str(value)]]  # fmt: skip
    return json.dumps(short, ensure_ascii=False)


def line_of_plan(name: str, seed: int) -> str:
    """Return the codes that a drawn plan breaks, and a hash of all that is said of it."""
    inputs, plan, certificate = PLANS[name](random.Random(f"{name} {seed}"))
    verdict = verify(inputs, plan, certificate)
    text = json.dumps([verdict.record(), dict(verdict.counts)], sort_keys=True, ensure_ascii=False)
    codes = ", ".join(f"{code} {n}" for code, n in verdict.counts.items()) or "holds"
    return f"{codes} {hashlib.sha256(text.encode()).hexdigest()[:8]}"


def kept(name: str) -> list[str]:
    """Return the lines of a file."""
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def parts(drawn: int) -> list[Any]:
    """Return where each part of so many seeds begins; all but the first are slow."""
    return [0, *(pytest.param(begin, marks=pytest.mark.slow) for begin in range(PART, drawn, PART))]


@pytest.mark.parametrize("begin", parts(SUMS_DRAWN))
@pytest.mark.parametrize("name", SUMS)
def test_sums_are_what_they_were(name, begin):
    found = [line_of_sums(name, seed) for seed in range(begin, begin + PART)]
    assert found == kept(name)[begin : begin + PART]


@pytest.mark.parametrize("begin", parts(PLANS_DRAWN))
@pytest.mark.parametrize("name", PLANS)
def test_of_drawn_plans_is_said_what_was_said(name, begin):
    found = [line_of_plan(name, seed) for seed in range(begin, begin + PART)]
    assert found == kept(name)[begin : begin + PART]


def write(names: list[str]) -> None:
    """Write the lines of these anew, or all."""
    HERE.mkdir(exist_ok=True)
    lines = {
        name: [line_of_sums(name, seed) for seed in range(SUMS_DRAWN)]
        for name in names or SUMS
        if name in SUMS
    }
    lines |= {
        name: [line_of_plan(name, seed) for seed in range(PLANS_DRAWN)]
        for name in PLANS
        if name in (names or PLANS)
    }
    for name, rows in lines.items():
        (HERE / f"{name}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])

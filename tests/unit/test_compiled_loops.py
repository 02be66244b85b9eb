"""Loops that were compiled before are loaded ahead."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from safepassage.kernels.booking import burst_loops
from safepassage.kernels.compiled import compiled, load


def test_what_was_kept_is_loaded_and_nothing_is_compiled():
    arguments = np.arange(9, dtype=np.int64), np.zeros((7, 4), dtype=np.int64), 0, 0, 1, 1
    burst_loops.find_room(*arguments)
    afresh = compiled(burst_loops.find_room.py_func)
    load(afresh)
    assert afresh.signatures
    assert not afresh.stats.cache_misses
    assert afresh(*arguments) == burst_loops.find_room(*arguments)


CALLER = """
from safepassage.kernels.compiled import compiled
from callee import FACTOR, twice

@compiled
def answer(x):
    return FACTOR * twice(x)

print(answer(1), sum(answer.stats.cache_hits.values()))
"""
CALLEE = """
from safepassage.kernels.compiled import inner

FACTOR = {factor}

@inner
def twice(x):
    return {times} * x
"""


def test_what_was_kept_is_left_when_a_function_or_number_of_another_module_changes(tmp_path):
    """A caller's file stays as it is while what is compiled into it does not."""

    def answered(times, factor):
        (tmp_path / "callee.py").write_text(CALLEE.format(times=times, factor=factor))
        done = subprocess.run(
            [sys.executable, "caller.py"], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.split()

    (tmp_path / "caller.py").write_text(CALLER)
    assert answered(2, 1) == ["2", "0"]
    subprocess.run([sys.executable, "caller.py"], cwd=tmp_path, check=True)
    assert answered(33, 1) == ["33", "0"]
    assert answered(33, 100) == ["3300", "0"]
    again = subprocess.run(
        [sys.executable, "caller.py"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert again.stdout.split() == ["3300", "1"]


TAKER = """
from safepassage.kernels.compiled import compiled
from shapes import Kind

@compiled
def answer(row):
    return row.x + 1

print(answer(Kind(1)), sum(answer.stats.cache_hits.values()))
"""
SHAPES = """
from typing import NamedTuple

class {name}(NamedTuple):
    x: int

Kind = {name}
"""


@pytest.mark.parametrize("left", ["another name", "half a file"])
def test_what_was_kept_and_cannot_be_read_is_compiled_again(tmp_path, left):
    """After an update of a checkout whose classes have other names, or where a disk was full."""
    (tmp_path / "taker.py").write_text(TAKER)

    def answered(name):
        (tmp_path / "shapes.py").write_text(SHAPES.format(name=name))
        done = subprocess.run(
            [sys.executable, "-B", "taker.py"], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.split()

    assert answered("Old") == ["2", "0"]
    assert answered("Old") == ["2", "1"]
    if left == "half a file":
        (index,) = (tmp_path / "__pycache__").glob("*.nbi")
        index.write_bytes(index.read_bytes()[:-9])
    assert answered("Old" if left == "half a file" else "New") == ["2", "0"]

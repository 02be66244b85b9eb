"""Loops that were compiled before are loaded ahead."""

from __future__ import annotations

import numpy as np

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

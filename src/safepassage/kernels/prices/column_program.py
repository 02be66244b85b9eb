"""A packing program that grows by columns, and what its rows are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def load() -> Any:
    """Load the solver and return it: solvers load when they are first used, or ahead."""
    import highspy  # noqa: PLC0415

    return highspy


class PackingProgram:
    """Maximise the sum of values of columns, no row above its capacity; columns are added at any time.

    HiGHS keeps its basis from one solution to the next. Its answers guide; they prove nothing.

    Parameters
    ----------
    capacity
        (n_rows,) non-negative.
    """

    def __init__(self, capacity: Float64) -> None:
        highspy = load()
        self._solver: Any = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("random_seed", 0)
        self._infinity = highspy.kHighsInf
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        nothing = (np.zeros(0, dtype=np.int32), np.zeros(0))
        for limit in capacity.tolist():
            self._solver.addRow(-self._infinity, limit, 0, *nothing)
        self._known: set[tuple[int, tuple[tuple[int, float], ...]]] = set()

    def add(self, value: int, rows: dict[int, float]) -> bool:
        """Add a column that takes up `rows`; return False where it is known already."""
        entries = tuple(sorted(rows.items()))
        if (value, entries) in self._known:
            return False
        self._known.add((value, entries))
        index = np.array([row for row, _ in entries], dtype=np.int32)
        amount = np.array([taken for _, taken in entries])
        self._solver.addCol(float(value), 0.0, self._infinity, len(entries), index, amount)
        return True

    def amounts(self) -> Float64:
        """Return (n_columns,) how much of each column the last solution takes, in order of adding."""
        return np.maximum(np.array(self._solver.getSolution().col_value, dtype=np.float64), 0.0)

    def solve(self) -> tuple[float, Float64]:
        """Return (value, (n_rows,) what a unit more of each row is worth, none negative)."""
        self._solver.run()
        value = float(self._solver.getInfo().objective_function_value)
        worth = np.array(self._solver.getSolution().row_dual, dtype=np.float64)
        return value, np.maximum(worth, 0.0)

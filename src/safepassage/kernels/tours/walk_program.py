"""A linear program over walks that are known, whose prices of stops lead bounds on driving."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


class WalkProgram:
    """Which walks call at all stops at least cost, in parts; its prices are those of calls."""

    def __init__(self, single: Int64) -> None:
        import highspy  # noqa: PLC0415 - solvers load when first used

        self._infinity = highspy.kHighsInf
        self._stops = len(single)
        self._model: Any = highspy.Highs()
        self._model.setOptionValue("output_flag", False)
        self._model.setOptionValue("threads", 1)
        for _ in range(self._stops):
            self._model.addRow(1.0, self._infinity, 0, np.zeros(0, np.int32), np.zeros(0))
        for stop, seconds in enumerate(single.tolist()):
            self.add([stop], seconds)

    def add(self, stops: list[int], seconds: int) -> None:
        """Add a walk."""
        rows, times = np.unique(stops, return_counts=True)
        self._model.addCol(
            float(seconds), 0.0, self._infinity, len(rows), rows.astype(np.int32), times.astype(float)
        )

    def prices(self) -> Int64:
        """Return whole prices of the stops, rounded down."""
        self._model.run()
        duals = np.asarray(self._model.getSolution().row_dual, dtype=np.float64)
        found: Int64 = np.floor(np.maximum(0.0, duals) + 1e-6).astype(np.int64)
        return found

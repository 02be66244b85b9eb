"""Travel times between many places at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

NO_WAY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TravelTable:
    """Seconds, metres and exposure from each origin (row) to each destination, NO_WAY where there is none.

    Seconds count from `depart_s` on, waits for roads that open later included.
    """

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    depart_s: int
    seconds: Int64
    metres: Int64
    exposure_ppm_s: Int64

    def __post_init__(self) -> None:
        shape = (len(self.origins), len(self.destinations))
        if any(table.shape != shape for table in (self.seconds, self.metres, self.exposure_ppm_s)):
            raise ValueError("a table has one row an origin and one column a destination")

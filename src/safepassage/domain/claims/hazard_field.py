"""Hazard on the arcs of a network over time, in three layers, and what news change about it."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.network import Int32, frozen_array

LAYERS = ("low", "central", "high")
"""Optimistic, expected, precautionary: the first axis of every field."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HazardField:
    """`ppm` (3, n_slices, n_arcs): hazard of each arc in [k * slice_s, (k + 1) * slice_s), by layer."""

    slice_s: int
    horizon_s: int
    ppm: Int32

    def __post_init__(self) -> None:
        object.__setattr__(self, "ppm", frozen_array(self.ppm, "int32"))

    def after(self, delta: HazardDelta) -> HazardField:
        """Return the field with news on it."""
        ppm = self.ppm.copy()
        ppm[:, :, delta.arcs] = delta.ppm
        return HazardField(slice_s=self.slice_s, horizon_s=self.horizon_s, ppm=ppm)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HazardDelta:
    """The arcs (k,), in order, on which something changed, and their hazard (3, n_slices, k) now."""

    arcs: Int32
    ppm: Int32

    def __post_init__(self) -> None:
        for name in ("arcs", "ppm"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), "int32"))

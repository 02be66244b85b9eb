"""The part of a large network that a case needs."""

from __future__ import annotations

from safepassage.engines.region.cut import box_of, cut_region

__all__ = ["box_of", "cut_region"]

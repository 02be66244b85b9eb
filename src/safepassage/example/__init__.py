"""The built-in example "Sudzha–Sumy, August 2024": an exercise on schematic roads, not for navigation.

Facts, figures and claims are listed with their sources in `SOURCES.md` beside this file. People, their
choices, the fleet and the agreed pause are invented.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["background", "later_reports", "path", "texts"]

_HERE = Path(__file__).resolve().parent


def path() -> Path:
    """Return the case folder of the example."""
    return _HERE / "sudzha_sumy"


def background() -> Path:
    """Return border and oblast lines for orientation (GeoJSON, Natural Earth, public domain)."""
    return path() / "background.geojson"


def texts() -> list[Path]:
    """Return news texts in our own words, for reading claims from; nothing in them is history."""
    return sorted((_HERE / "texts").glob("*.txt"))


def later_reports() -> Path:
    """Return reports published after the example's `as_of`: for exercising what a plan does with news."""
    return _HERE / "later_reports.csv"

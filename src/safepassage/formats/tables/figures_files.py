"""The figures of a release as JSON for programs and as text for people; hidden numbers say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.figures import MINIMUM_PERSONS, MINIMUM_PUBLIC
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers import canonical_json
from safepassage.formats.log.log_record import thawed

SCHEMA = "safepassage/figures/1"
HIDDEN = "hidden"
TOTAL = "total"


def write_json(release: Release) -> bytes:
    """Return the figures as canonical JSON; a hidden number is null.

    Raises
    ------
    ValueError
        When the release holds no figures.
    """
    _require_figures(release)
    return canonical_json.encode({"schema": SCHEMA, **thawed(release.stamp), **thawed(release.figures)})


def write_text(release: Release) -> bytes:
    """Return the figures as lines of text.

    Raises
    ------
    ValueError
        As `write_json`.
    """
    _require_figures(release)
    partners = release.audience in {Audience.PARTNERS, Audience.PLANNING_TEAM}
    minimum = MINIMUM_PERSONS if partners else MINIMUM_PUBLIC
    stamp = release.stamp
    head = f"{stamp['class']}. Data of {stamp['data_time']}. Plan {stamp['plan_sha256'][:16]}."
    if "valid_until" in stamp:
        head += f" Copy for {stamp['audience']}, not to be used after {stamp['valid_until']}."
    rule = f"Rounded to 5; below {minimum}, and where it would give such a number away: {HIDDEN}."
    lines = [f"{head} {stamp['statement']}", rule]
    for table in release.figures["tables"]:
        lines += ["", *_table(table)]
    for place in release.figures["places"]:
        lines.append(_place(place))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _require_figures(release: Release) -> None:
    if not release.figures:
        raise ValueError("this release holds no figures")


def _table(table: Mapping[str, Any]) -> list[str]:
    rows = [("", *table["columns"], TOTAL)]
    for name, numbers in zip((*table["rows"], TOTAL), table["persons"], strict=True):
        rows.append((name, *(HIDDEN if number is None else f"{number:,}" for number in numbers)))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    drawn = [
        "  ".join(
            cell.rjust(wide) if place else cell.ljust(wide)
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [table["title"], *drawn]


def _place(place: Mapping[str, Any]) -> str:
    capacity = place["capacity_persons"]
    room = "" if capacity is None else f", room for about {capacity:,}"
    where = f"{_degrees(place['lat_e7'])}, {_degrees(place['lon_e7'])}"
    return f"{place['name']} ({place['kind']}) near {where}{room}"


def _degrees(value_e7: int) -> str:
    return f"{value_e7 / 1e7:.2f}"

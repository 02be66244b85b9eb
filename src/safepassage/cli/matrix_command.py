"""`safepassage matrix`: travel times between many places, closures and hours respected."""

from __future__ import annotations

import argparse
import csv
import io
from typing import TYPE_CHECKING

from safepassage.casework.reading import read_case_input
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.errors import FormatError
from safepassage.domain.suggestions import did_you_mean
from safepassage.formats.tables.schedule_rows import harmless

if TYPE_CHECKING:
    from safepassage.domain.travel_table import TravelTable

_SHOWN = 20


def run(options: argparse.Namespace) -> Outcome:
    """Print the table, and write it where a file is named."""
    from safepassage.engines.overlay import overlay  # noqa: PLC0415 - needs the numeric libraries
    from safepassage.engines.travel_times import Vehicle, travel_times  # noqa: PLC0415

    given = read_case_input(options.case, options.network, region_km=options.region_km)
    if given.malformed or given.case is None or given.network is None:
        data = {"problems": problems_json(given.problems)}
        return Outcome(code=MALFORMED, text=problems_text(given.problems), data=data, to_stderr=True)
    weight_kg = -1 if options.weight_t is None else options.weight_t * 1_000
    avoid_ppm = -1 if options.keep_off_percent is None else options.keep_off_percent * 10_000
    table = travel_times(
        overlay(given.network.network, given.case).problem,
        _places(given.case, options.origins), _places(given.case, options.destinations),
        vehicle=Vehicle(weight_kg=weight_kg, avoid_ppm=avoid_ppm), depart_s=options.after_min * 60,
    )  # fmt: skip
    rows = _rows(table)
    if options.output:
        options.output.write_bytes(_csv(rows))
    return Outcome(code=OK, text="\n".join(_text(table, rows, options)), data=_data(table))


def _places(case: Case, words: str) -> tuple[str, ...]:
    """Return places by kinds and ids, with commas."""
    asked = [word.strip() for word in words.split(",") if word.strip()]
    known = {place.id for place in case.places}
    for word in asked:
        if word not in known and word not in set(PlaceKind):
            near = did_you_mean(word, (*known, *PlaceKind)) or "name a place, or a kind of places"
            raise FormatError(file="--from and --to", what=f"there is no place or kind {word}", remedy=near)
    return tuple(place.id for place in case.places if place.id in asked or place.kind in asked)


def _rows(table: TravelTable) -> list[tuple[str, str, str, str, str]]:
    found = []
    for i, origin in enumerate(table.origins):
        for k, end in enumerate(table.destinations):
            seconds = int(table.seconds[i, k])
            if seconds < 0:
                found.append((origin, end, "", "", ""))
                continue
            hours = int(table.exposure_ppm_s[i, k]) / 1_000_000 / 3_600
            km = int(table.metres[i, k]) / 1_000
            found.append((origin, end, f"{seconds / 60:.1f}", f"{km:.3f}", f"{hours:.6f}"))
    return found


def _csv(rows: list[tuple[str, str, str, str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("from", "to", "minutes", "km", "exposure_h"))
    writer.writerows((harmless(origin), harmless(end), *rest) for origin, end, *rest in rows)
    return text.getvalue().encode("utf-8-sig")


def _text(
    table: TravelTable, rows: list[tuple[str, str, str, str, str]], options: argparse.Namespace
) -> list[str]:
    lost = int((table.seconds < 0).sum())
    size = f"{len(table.origins)} × {len(table.destinations)}"
    start = f"setting out {options.after_min:,} min after the start"
    lines = [f"{size} travel times, {start}; {lost:,} pairs without a way."]
    lines += [
        f"  {a} to {b}: " + (f"{minutes} min, {km} km" if minutes else "no way")
        for a, b, minutes, km, _ in rows[:_SHOWN]
    ]
    if len(rows) > _SHOWN:
        lines.append(f"  and {len(rows) - _SHOWN:,} more")
    if options.output:
        lines.append(f"Table: {options.output}")
    return [*lines, "Times on an empty road; waits for roads that open later are included."]


def _data(table: TravelTable) -> dict[str, object]:
    return {
        "from": list(table.origins),
        "to": list(table.destinations),
        "depart_s": table.depart_s,
        "seconds": table.seconds.tolist(),
        "metres": table.metres.tolist(),
        "exposure_ppm_s": table.exposure_ppm_s.tolist(),
    }

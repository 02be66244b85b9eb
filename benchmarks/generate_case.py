"""Write a generated case for a road network into a folder.

    python benchmarks/generate_case.py NETWORK FOLDER [--persons N] [--settlements N] [--exits N] ...

The folder then works as any other: `safepassage check FOLDER`, `safepassage plan FOLDER -o OUT`. The case is
made up; the network stays where it is and is named by the case.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from safepassage.domain.case import Case, Interval, Settings
from safepassage.domain.dictionary.dictionary import TABLES, Column, Table, ValueType, table
from safepassage.domain.errors import FormatError
from safepassage.formats.networks import osm
from safepassage.testing.generated import generate_case

ROWS: dict[str, Callable[[Case], Iterable[Any]]] = {
    "directions": lambda case: case.directions,
    "places": lambda case: case.places,
    "demand": lambda case: case.demand,
    "fleet": lambda case: case.fleet,
    "arrangements": lambda case: case.arrangements,
    "road_status": lambda case: case.road_statuses,
    "areas": lambda case: case.areas,
    "reports": lambda case: case.reports,
    "transit_links": lambda case: case.transit_links,
}


class Clock:
    """Grid seconds as ISO 8601 times."""

    def __init__(self, epoch: str) -> None:
        self._epoch = datetime.fromisoformat(epoch)

    def text(self, seconds: int) -> str:
        """Return the time of a grid second, in UTC."""
        return (self._epoch + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def offset(self, east_s: int) -> str:
        """Return seconds east of UTC as ``+03:00``."""
        minutes = abs(east_s) // 60
        return f"{'-' if east_s < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"

    def hours(self, windows: Iterable[Interval]) -> str:
        """Return windows as pairs of times."""
        return "; ".join(f"{self.text(w.from_s)}/{self.text(w.until_s)}" for w in windows)


def value_at(row: Any, field: str) -> Any:
    """Return what a dotted field of the dictionary holds; a missing interval has no ends."""
    head, _, rest = field.partition(".")
    if head == "window":
        return None
    value = getattr(row, head, None)
    if not rest or value is None:
        return value
    return getattr(value, {"from": "from_s", "until": "until_s"}.get(rest, rest), None)


def ring(points: Iterable[tuple[int, int]]) -> str:
    """Return a closed ring as WKT."""
    return "(" + ", ".join(f"{Decimal(x) / 10**7} {Decimal(y) / 10**7}" for x, y in points) + ")"


def polygons(value: Any) -> str:
    """Return polygons as WKT."""
    parts = ["(" + ", ".join(ring(points) for points in polygon) + ")" for polygon in value]
    return f"POLYGON {parts[0]}" if len(parts) == 1 else f"MULTIPOLYGON ({', '.join(parts)})"


def cell(column: Column, value: Any, clock: Clock) -> str:
    """Return a value as it stands in a file."""
    if value is None or value in ((), "") or (value == 0 and column.type is ValueType.TIME):
        return ""
    kind = column.type
    writers: dict[ValueType, Callable[[], str]] = {
        ValueType.YES_NO: lambda: "yes" if value else "no",
        ValueType.WHOLE: lambda: f"{Decimal(value) / column.scale:f}",
        ValueType.NUMBER: lambda: f"{Decimal(value) / column.scale:f}",
        ValueType.TIME: lambda: clock.text(value),
        ValueType.HOURS: lambda: clock.hours(value),
        ValueType.HOUSEHOLDS: lambda: "; ".join(f"{size}x{count}" for size, count in value),
        ValueType.TIMETABLE: lambda: "; ".join(f"{clock.text(t)} {persons}" for t, persons in value),
        ValueType.GEOMETRY: lambda: polygons(value),
    }
    if kind in writers:
        return writers[kind]()
    return "; ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def write_table(folder: Path, kind: Table, rows: list[Any], clock: Clock) -> None:
    """Write one table as CSV, with the columns that say something."""
    cells = [[cell(column, value_at(row, column.field), clock) for column in kind.columns] for row in rows]
    used = [
        i
        for i, column in enumerate(kind.columns)
        if column.required or any(row[i] not in {"", column.default} for row in cells)
    ]
    with (folder / f"{kind.name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([kind.columns[i].name for i in used])
        out.writerows([row[i] for i in used] for row in cells)


def quoted(text: str) -> str:
    """Return a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def settings(case: Case, clock: Clock) -> Iterable[tuple[str, str]]:
    """Yield the settings that say something, as they stand in a file."""
    written = {
        "start": case.epoch,
        "as_of": case.as_of,
        "time_zones": "; ".join(f"{label}={clock.offset(east_s)}" for label, east_s in case.time_zones),
        "network": case.network_file,
    }
    for column in table("settings").columns:
        owner, _, field = column.field.rpartition(".")
        if column.name in written:
            text = written[column.name]
        elif owner == "case":
            text = cell(column, getattr(case, field), clock)
        else:
            value = getattr(case.settings, column.field, None)
            text = "" if value == getattr(Settings(), column.field, None) else cell(column, value, clock)
        if text:
            yield column.name, text


def write_case(case: Case, folder: Path) -> None:
    """Write a case as a folder: `case.toml` and one CSV per table that has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(case.epoch)
    lines = ["# EXERCISE: made up by benchmarks/generate_case.py, for benchmarks and trials only."]
    lines += [f"{key} = {quoted(value)}" for key, value in settings(case, clock)]
    (folder / "case.toml").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    for kind in TABLES:
        rows = list(ROWS[kind.name](case)) if kind.name in ROWS else []
        if rows:
            write_table(folder, kind, rows, clock)


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Write a generated case for a road network into a folder.")
    parser.add_argument("network", type=Path, help="road network (.osm.pbf, .osm, .osm.gz)")
    parser.add_argument("folder", type=Path, help="where the case goes")
    for name, default in (
        ("persons", 20_000),
        ("settlements", 60),
        ("exits", 6),
        ("buses", 120),
        ("seed", 1),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help="default: %(default)s")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Generate, write, say what was written."""
    given = arguments(argv)
    try:
        network = osm.read(given.network)
        case = generate_case(
            network,
            persons=given.persons,
            settlements=given.settlements,
            exits=given.exits,
            buses=given.buses,
            seed=given.seed,
        )
    except (FormatError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    relative = os.path.relpath(given.network.resolve(), given.folder.resolve())
    write_case(replace(case, network_file=Path(relative).as_posix()), given.folder)
    print(f"{given.folder}: {sum(row.persons for row in case.demand)} persons, {len(case.places)} places")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

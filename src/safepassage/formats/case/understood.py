"""Reads tables as logisticians keep them: other names of columns, names in the place of ids, units in titles.

Nothing is guessed: a name stands for one column, a text for the one row that bears it. One message by table
says how each column was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from safepassage.domain.aid.catalogue import catalogue
from safepassage.domain.dictionary.dictionary import Table
from safepassage.domain.problem import Problem
from safepassage.formats.case.case_rows import is_personal
from safepassage.formats.case.column_aliases import ALIASES, NOT_NEEDED, NUMBERED
from safepassage.formats.containers.tabular import RawTable, is_blank, normal_name, text_of, warning

_IN_BRACKETS = re.compile(r"[(\[]\s*([^)\]]{1,20}?)\s*[)\]]")
_QUANTITIES = {"stock": "quantity", "consignments": "dispatched"}
SHOWN = 6


@dataclass(slots=True)
class _Said:
    """What one message says of a table."""

    columns: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by normal name, for places and for commodities; names that several bear stand for nothing."""

    places: Mapping[str, str]
    commodities: Mapping[str, str]

    @classmethod
    def of(cls, tables: Mapping[str, RawTable]) -> Names:
        """Return the names in a case's own tables, and those of the goods built in."""
        goods = [(good.id, good.name) for good in catalogue(())]
        return cls(
            places=_by_name(_pairs(tables.get("places"))),
            commodities=_by_name([*goods, *_pairs(tables.get("commodities"))]),
        )


def canonical(name: str, header: Iterable[str]) -> tuple[str, ...]:
    """Return the names of columns of a table called `name`, other names turned into its own."""
    header, aliases = tuple(header), ALIASES.get(name, {})
    found = [aliases.get(title, title) for title in header]
    counts = Counter(found)
    # Where a column is there by its own name, or two might be meant, nothing is renamed.
    return tuple(
        new if new == title or (counts[new] == 1 and new not in header) else title
        for title, new in zip(header, found, strict=True)
    )


def understood(raw: RawTable, entry: Table, names: Names) -> tuple[RawTable, Problem | None]:
    """Return a table with its columns under their own names and ids in its cells, and how it was read."""
    if entry.name not in ALIASES or not raw.header:
        return raw, None
    said = _Said()
    header = canonical(entry.name, raw.header)
    known = {column.name for column in entry.columns}
    for position, (old, new) in enumerate(zip(raw.header, header, strict=True)):
        if old != new:
            said.columns.append(f"{raw.titles[position]} as {new}")
    ours = NOT_NEEDED.get(entry.name, frozenset())
    odd = {name for name in header if name and name not in known and not is_personal(name, entry.name)}
    # Columns of others are named one by one, as before, unless the table is read by its aliases anyway.
    gone = odd if said.columns else odd & ours
    said.left_out = [raw.titles[k] for k, name in enumerate(header) if name in gone and name not in ours]
    found = replace(raw, header=tuple("" if name in gone else name for name in header))
    found = _with_unit(found, entry, said)
    found = _with_ids(found, entry, names, said)
    return found, _message(found, said)


def _with_unit(raw: RawTable, entry: Table, said: _Said) -> RawTable:
    """Return a table with the unit in the title of its quantity, `Qty (MT)`, in a column of its own."""
    quantity = _QUANTITIES.get(entry.name)
    if quantity is None or quantity not in raw.header or "unit" in raw.header:
        return raw
    title = raw.titles[raw.header.index(quantity)]
    stated = _IN_BRACKETS.search(title)
    if stated is None:
        return raw
    said.columns.append(f"“{stated[1]}” of {title} as unit")
    return _with_column(raw, "unit", [stated[1]] * len(raw.rows))


def _with_ids(raw: RawTable, entry: Table, names: Names, said: _Said) -> RawTable:
    """Return a table with ids in the place of names, and with numbers where a store has no lots."""
    found = raw
    for column in entry.columns:
        by_name = names.commodities if column.name == "commodity" else {}
        by_name = names.places if column.refers_to == "places" else by_name
        if by_name and column.name in found.header:
            found = _renamed(found, column.name, by_name, said)
    if entry.name in NUMBERED and found is not raw and "id" not in found.header:
        found = _with_column(found, "id", [f"row-{row.number}" for row in found.rows])
        said.columns.append("the number of the row as id, for there is no column of lots")
    return found


def _renamed(raw: RawTable, column: str, by_name: Mapping[str, str], said: _Said) -> RawTable:
    at, ids = raw.header.index(column), set(by_name.values())
    rows = []
    for row in raw.rows:
        cell = row.cells[at] if at < len(row.cells) else None
        text = "" if is_blank(cell) else text_of(cell)
        known = by_name.get(normal_name(text), "") if text and text not in ids else ""
        if known:
            said.cells[text] = known
        cells = (*row.cells[:at], known, *row.cells[at + 1 :])
        rows.append(replace(row, cells=cells) if known else row)
    return replace(raw, rows=tuple(rows))


def _with_column(raw: RawTable, name: str, cells: list[str]) -> RawTable:
    width = len(raw.header)
    rows = tuple(
        replace(row, cells=(*row.cells[:width], *[None] * (width - len(row.cells)), cell))
        for row, cell in zip(raw.rows, cells, strict=True)
    )
    return replace(raw, header=(*raw.header, name), titles=(*raw.titles, name), rows=rows)


def _message(raw: RawTable, said: _Said) -> Problem | None:
    parts = [f"read {', '.join(said.columns)}"] if said.columns else []
    if said.cells:
        shown = [f"“{text}” as {known}" for text, known in list(said.cells.items())[:SHOWN]]
        more = f" and {len(said.cells) - SHOWN} more" if len(said.cells) > SHOWN else ""
        parts.append(f"names were read as ids: {', '.join(shown)}{more}")
    if said.left_out:
        parts.append(f"left out: {', '.join(said.left_out)}")
    if not parts:
        return None
    return warning(
        "COLUMNS_READ_AS",
        raw.where(raw.header_row),
        "; ".join(parts),
        f"what is read wrongly: name it as in the reference of {raw.name}; what is left out may go into note",
    )


def _pairs(raw: RawTable | None) -> list[tuple[str, str]]:
    if raw is None or not {"id", "name"} <= set(raw.header):
        return []
    return [(row["id"], row["name"]) for row in raw.records() if row.get("id") and row.get("name")]


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the id by each name that one row alone bears, singular and plural alike."""
    found: dict[str, set[str]] = {}
    for key, name in pairs:
        plain = normal_name(name)
        for word in {plain, normal_name(key), f"{plain}s", plain.removesuffix("s"), plain.partition(",")[0]}:
            found.setdefault(word, set()).add(key)
    return {word: min(ids) for word, ids in found.items() if len(ids) == 1 and word}

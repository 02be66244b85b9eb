"""Rows of totals, as people keep them under a table: what they sum up is read, they are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from safepassage.domain.dictionary.dictionary import Table, ValueType
from safepassage.domain.problem import Problem
from safepassage.formats.containers.tabular import RawRow, RawTable, is_blank, normal_name, shown, warning

_WORDS = frozenset((
    *("total", "totals", "grand_total", "subtotal", "sub_total", "sum", "totale", "total_général", "somme"),
    *("summe", "gesamt", "gesamtsumme", "insgesamt", "zwischensumme", "ogółem", "razem", "suma", "toplam"),
    *("итого", "всего", "итог", "сумма", "подытог", "всього", "усього", "разом", "сума"),
    *("المجموع", "الإجمالي"),
))  # fmt: skip
_FIRST_WORDS = ("total_", "grand_total_", "subtotal_", "итого_", "всего_", "всього_", "усього_", "разом_")
_NUMBERS = {ValueType.WHOLE, ValueType.NUMBER}
_NEAR = 1e-6
_ADDENDS = 2


def without_totals(raw: RawTable, entry: Table, header: tuple[str, ...]) -> tuple[RawTable, Problem | None]:
    """Return a table without its rows of totals, and what was left out; `header` are names as read.

    A row is left out only if nothing could be made of it: no cell that has to be filled holds anything but a
    number or a word for totals; and it has such a word, or it is the last one and holds the sums above it.
    """
    needed = {column.name for column in entry.columns if column.required and column.type not in _NUMBERS}
    texts = [k for k, name in enumerate(header) if name in needed]
    found = [row for row in raw.rows if _is_totals(row, texts, raw)] if texts and not entry.keyed else []
    if not found:
        return raw, None
    gone = {row.number for row in found}
    kept = replace(raw, rows=tuple(row for row in raw.rows if row.number not in gone))
    which = f"row {found[0].number} holds" if len(found) == 1 else f"{len(found)} rows hold"
    cells = ", ".join(shown(cell) for cell in found[0].cells if not is_blank(cell))
    message = f"{which} totals, and nothing was read from there: {cells}{_wrong(found[-1], raw, kept)}"
    hint = "look whether the rows above are all there; begin a row that is not to be read with #"
    return kept, warning("ROW_TOTALS", raw.where(found[0].number), message, hint)


def _is_totals(row: RawRow, texts: list[int], raw: RawTable) -> bool:
    """Whether a row is one of totals; `texts` are positions that have to hold something that is no number."""
    there = [row.cells[k] for k in texts if k < len(row.cells) and not is_blank(row.cells[k])]
    if not all(map(_is_word, there)):
        return False
    numbers = [position for position, _ in _numbers(row)]
    if any(map(_is_word, row.cells)) or not numbers:
        return bool(numbers)
    alone = len(numbers) == sum(not is_blank(cell) for cell in row.cells)
    return row is raw.rows[-1] and alone and all(_is_sum(raw, position, row) for position in numbers)


def _is_word(cell: Any) -> bool:
    name = normal_name(cell).rstrip(":_") if isinstance(cell, str) else ""
    return name in _WORDS or name.startswith(_FIRST_WORDS)


def _numbers(row: RawRow) -> Iterator[tuple[int, float]]:
    """Yield position and value of each cell that holds a number, as a spreadsheet or a person writes it."""
    for position, cell in enumerate(row.cells):
        plain = "".join(cell.split()).replace(",", "") if isinstance(cell, str) else cell
        if isinstance(plain, bool) or is_blank(plain):
            continue
        try:
            yield position, float(plain)
        except (TypeError, ValueError):
            continue


def _above(rows: Iterable[RawRow], position: int) -> list[float]:
    return [value for row in rows for at, value in _numbers(row) if at == position]


def _is_sum(raw: RawTable, position: int, row: RawRow) -> bool:
    addends = _above((other for other in raw.rows if other is not row), position)
    total = dict(_numbers(row))[position]
    return len(addends) >= _ADDENDS and abs(sum(addends) - total) <= _NEAR * max(1.0, abs(total))


def _wrong(row: RawRow, raw: RawTable, kept: RawTable) -> str:
    """Say of the last row of totals which of its numbers is not the sum of the rows that were read."""
    if row is not raw.rows[-1]:
        return ""
    for position, total in _numbers(row):
        read = sum(_above(kept.rows, position))
        if abs(read - total) > _NEAR * max(1.0, abs(total)):
            title = raw.titles[position] if position < len(raw.titles) else ""
            return f"; in {shown(title)} the rows that were read sum up to {read:,.15g}"
    return ""

"""Tables of a case as a workbook: a sheet per table, with help from the data dictionary in templates."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from safepassage.domain.dictionary.dictionary import TABLES, Column, Table, ValueType, explained, table
from safepassage.formats.case.case_out import Cell, TableOut
from safepassage.formats.containers.fixed_archive import archive

_HEAD = PatternFill("solid", start_color="FFE8ECEF")
_NEEDED = PatternFill("solid", start_color="FFFFE9B8")
_WIDE = {ValueType.TEXT: 28, ValueType.GEOMETRY: 40, ValueType.SELECTORS: 24, ValueType.HOURS: 18}
_LIST_CHARS = 250
_LAST_ROW = 5_000
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
_NO_TIME = rb"\g<1>2000-01-01T00:00:00Z\g<2>"
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def workbook(
    tables: Sequence[TableOut], *, help_texts: bool = False, instructions: Sequence[str] = ()
) -> bytes:
    """Return a workbook; the same tables give the same bytes.

    Parameters
    ----------
    tables : the tables, each of which becomes a sheet of its name.
    help_texts : whether headers carry comments, cells drop-down lists, and settings their meaning.
    instructions : lines of a first sheet that is no table.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "safepassage"
    if instructions:
        _instructions(book.create_sheet("instructions"), instructions)
    for out in tables:
        _sheet(book.create_sheet(out.name), out, help_texts=help_texts)
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def _without_clock(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["docProps/core.xml"] = _STAMP.sub(_NO_TIME, parts["docProps/core.xml"])
    return archive(parts, compressed=True)


def _instructions(sheet: Worksheet, lines: Sequence[str]) -> None:
    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(row=number, column=1, value=line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 1:
            cell.font = Font(bold=True, size=14)


def _sheet(sheet: Worksheet, out: TableOut, *, help_texts: bool) -> None:
    entry = table(out.name)
    columns = {column.name: column for column in entry.columns} if not entry.keyed else {}
    for position, name in enumerate(out.header, start=1):
        cell = sheet.cell(row=1, column=position)
        _put(cell, name)
        cell.font = Font(bold=True)
        column = columns.get(name)
        cell.fill = _NEEDED if help_texts and column is not None and column.required else _HEAD
        sheet.column_dimensions[get_column_letter(position)].width = _width(name, column)
        if help_texts and column is not None:
            cell.comment = _comment(column)
            _validate(sheet, get_column_letter(position), column)
    sheet.freeze_panes = "B2"
    for number, row in enumerate(out.rows, start=2):
        for position, value in enumerate(row, start=1):
            if value is not None and value != "":
                _put(sheet.cell(row=number, column=position), value, columns.get(out.header[position - 1]))
    if help_texts and entry.keyed:
        _settings_help(sheet, entry, out)


def _put(cell: Any, value: Cell, column: Column | None = None) -> None:
    """Set a value; a text that begins like a formula stays a text, a number in a column of numbers is one."""
    if isinstance(value, str):
        number = _number(value, column)
        if number is not None:
            cell.value = number
            return
        cell.value = _ESCAPE.sub("_x005F_", value)
        cell.data_type = "s"
    else:
        cell.value = value


def _number(text: str, column: Column | None) -> int | float | None:
    if column is None or column.type not in {ValueType.WHOLE, ValueType.NUMBER}:
        return None
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", text) else None


def _width(name: str, column: Column | None) -> float:
    if column is None:
        return {"key": 26.0, "value": 34.0, "comment": 100.0}.get(name, 14.0)
    return float(max(_WIDE.get(column.type, 11), len(name) + 2))


def _comment(column: Column) -> Comment:
    text = ("Required. " if column.required else "") + explained(column)
    comment = Comment(text, "safepassage")
    comment.width, comment.height = 340, 40 + 18 * (len(text) // 48 + 1)
    return comment


def _validate(sheet: Worksheet, letter: str, column: Column) -> None:
    rule = _rule(column)
    if rule is None:
        return
    rule.showErrorMessage = column.type is not ValueType.REFERENCE
    rule.errorTitle, rule.error = column.name, explained(column)[:250]
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")


def _rule(column: Column) -> DataValidation | None:
    words = ("yes", "no") if column.type is ValueType.YES_NO else column.allowed
    listed = ",".join(words)
    if column.type in {ValueType.WORD, ValueType.YES_NO} and len(listed) <= _LIST_CHARS:
        return DataValidation(type="list", formula1=f'"{listed}"', allow_blank=not column.required)
    if column.type is ValueType.REFERENCE and column.refers_to in {row.name for row in TABLES}:
        return DataValidation(
            type="list", formula1=f"{column.refers_to}!$A$2:$A${_LAST_ROW}", allow_blank=True
        )
    if column.type in {ValueType.WHOLE, ValueType.NUMBER} and column.maximum is not None:
        low, high = str(0 if column.minimum is None else column.minimum), str(column.maximum)
        rule = DataValidation(
            type="decimal", operator="between", formula1=low, formula2=high, allow_blank=True
        )
        rule.type = "whole" if column.type is ValueType.WHOLE else "decimal"
        return rule
    return None


def _settings_help(sheet: Worksheet, entry: Table, out: TableOut) -> None:
    columns = {column.name: column for column in entry.columns}
    for number, (key, *_) in enumerate(out.rows, start=2):
        column = columns.get(str(key))
        rule = None if column is None else _rule(column)
        if rule is not None and column is not None and column.type in {ValueType.WORD, ValueType.YES_NO}:
            sheet.add_data_validation(rule)
            rule.add(f"B{number}")
        if column is not None and column.required:
            sheet.cell(row=number, column=1).fill = _NEEDED

"""Writes a case as a folder or as one workbook, so that it can be read back as the same case."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from safepassage.domain.case import Case
from safepassage.formats.case.case_out import TableOut, raw_table, tables_of
from safepassage.formats.case.case_reading import case_tables
from safepassage.formats.containers.tabular import RawTable


def write_case_folder(
    case: Case, folder: Path, *, nodes: RawTable | None = None, links: RawTable | None = None
) -> None:
    """Write case.toml and one CSV file per table into a folder, which is made where it is missing.

    Parameters
    ----------
    case, folder : what to write, and where.
    nodes, links : the network of the case itself, as `CaseReading` holds it; None where it names a map file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for out in tables_of(case, nodes=nodes, links=links):
        if out.name == "settings":
            _write_text(folder / "case.toml", toml_text(out))
        else:
            _write_text(folder / f"{out.name}.csv", csv_text(out))


def write_case_xlsx(
    case: Case, path: Path, *, nodes: RawTable | None = None, links: RawTable | None = None
) -> None:
    """Write a case as one workbook with a sheet per table; the same case gives the same bytes."""
    from safepassage.formats.case.case_sheets import workbook  # noqa: PLC0415 - openpyxl takes its time to load

    path.write_bytes(workbook(tables_of(case, nodes=nodes, links=links)))


def convert_case(source: Path, target: Path) -> None:
    """Write the tables of a case folder into a workbook as they stand, times and hours as people wrote them.

    Raises
    ------
    ValueError
        When the folder cannot be read.
    """
    from safepassage.formats.case.case_sheets import workbook  # noqa: PLC0415 - openpyxl takes its time to load

    found = case_tables(source)
    if found.problems and not found.tables:
        raise ValueError(str(found.problems[0]))
    names = ("settings", *(name for name in found.tables if name != "settings"))
    target.write_bytes(workbook([raw_table(found.tables[name]) for name in names if name in found.tables]))


def toml_text(out: TableOut) -> str:
    """Return settings as TOML: texts in quotation marks, numbers bare."""
    return "".join(f"{key} = {toml_value(value)}\n" for key, value, *_ in out.rows)


def toml_value(value: object) -> str:
    """Return a value as TOML writes it; JSON and TOML quote texts alike."""
    return str(value) if isinstance(value, int | float) else json.dumps(str(value), ensure_ascii=False)


def csv_text(out: TableOut, comments: Sequence[str] = ()) -> str:
    """Return a table as CSV text, with comments above the header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for comment in comments:
        writer.writerow([f"# {comment}"])
    writer.writerow(out.header)
    for row in out.rows:
        writer.writerow(["" if cell is None else cell for cell in row])
    return stream.getvalue()


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")

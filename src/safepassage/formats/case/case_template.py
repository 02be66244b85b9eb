"""Writes the template of a case: filled in, commented from the data dictionary, ready to be planned."""

from __future__ import annotations

from pathlib import Path

from safepassage.domain.dictionary.dictionary import TABLES, Column, ValueType, explained, table
from safepassage.formats.case.case_out import TableOut
from safepassage.formats.case.case_write import csv_text, toml_value
from safepassage.formats.case.template_rows import SETTINGS, template_tables

README_FILE = "README.txt"

INSTRUCTIONS = (
    "A case for safepassage: replace the invented rows with your own.",
    "Check it as often as you like: safepassage check CASE lists all problems at once, with row and column.",
    "One sheet or file per table. The order of rows and columns does not matter; empty columns may go.",
    "Rows whose first cell begins with # are remarks and are not read.",
    "Numbers: digits only, decimals with a point (51.25). No spaces, no ~, no thousands separators.",
    "Times: HH:MM on the first day, YYYY-MM-DD HH:MM (both local), ISO 8601 with offset. Hours: 06:00-20:00.",
    "Never write names, telephone numbers or documents of private persons: counts and anonymous sizes only.",
    "Every figure that limits the plan should say who says so (source) and when (as_of).",
    "No reply about the direction means undecided. Nobody's direction is chosen by the planner.",
)


def write_template(path: Path, *, xlsx: bool) -> tuple[Path, ...]:
    """Write the template as a folder or one workbook and return its files; the bytes are always the same.

    Parameters
    ----------
    path : the folder to make, or the workbook to write.

    Raises
    ------
    FileExistsError
        When something is there already: a template never overwrites a case.
    """
    if path.exists() and (xlsx or not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(f"{path} is there already; give a new name, or remove it first")
    if xlsx:
        from safepassage.formats.case.case_sheets import workbook  # noqa: PLC0415 - openpyxl takes time to load

        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook(template_tables(), help_texts=True, instructions=INSTRUCTIONS))
        return (path,)
    path.mkdir(parents=True, exist_ok=True)
    files = {"case.toml": settings_toml(), README_FILE: readme_text()}
    for out in template_tables():
        if out.name != "settings":
            files[f"{out.name}.csv"] = csv_text(out, comments=_comments(out))
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(path / name for name in files)


def _comments(out: TableOut) -> tuple[str, ...]:
    needed = ", ".join(column.name for column in table(out.name).columns if column.required)
    return (f"{out.name}: {table(out.name).meaning}", f"Required: {needed}. All columns: {README_FILE}.")


def settings_toml() -> str:
    """Return case.toml with every setting: those of the template, and the others as remarks."""
    lines = [f"# {line}" for line in INSTRUCTIONS] + [""]
    for column in table("settings").columns:
        lines.append(f"# {explained(column)}")
        value = SETTINGS.get(column.name)
        if value is not None:
            lines += [f"{column.name} = {_toml(column, value)}", ""]
        else:
            shown = column.default or column.example
            lines += [f"# {column.name} = {_toml(column, shown)}", ""]
    return "\n".join(lines)


def _toml(column: Column, value: str) -> str:
    return value if column.type in {ValueType.WHOLE, ValueType.NUMBER} else toml_value(value)


def readme_text() -> str:
    """Return what stands beside the tables of the folder: instructions, and every column of every table."""
    parts = ["\n".join(INSTRUCTIONS)]
    for entry in TABLES:
        if entry.keyed:
            continue
        lines = [f"{entry.name}.csv: {entry.meaning}"]
        for column in entry.columns:
            needed = " (required)" if column.required else ""
            lines.append(f"  {column.name}{needed}: {explained(column)}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"

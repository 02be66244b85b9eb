"""Problems in data are data: collected, never raised one by one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs: an ERROR stops the job, a WARNING is printed and planned around."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Where:
    """The place of a problem: file, sheet (or part of the file), row as a person counts it, column."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault in what was handed in: what is wrong, where, how to mend it.

    `about` is the row's id if known.
    """

    severity: Severity
    code: str
    where: Where
    message: str
    hint: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.severity.upper()} {self.code} in {self.where}: {self.message} → {self.hint}"


def error(code: str, where: Where, message: str, hint: str) -> Problem:
    """Return a problem that stops the job."""
    return Problem(severity=Severity.ERROR, code=code, where=where, message=message, hint=hint)


def warning(code: str, where: Where, message: str, hint: str) -> Problem:
    """Return a problem that is printed and planned around."""
    return Problem(severity=Severity.WARNING, code=code, where=where, message=message, hint=hint)

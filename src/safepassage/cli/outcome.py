"""What a command has to say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safepassage.domain.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Exit code, text for people and data for `--json`."""

    code: int
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    to_stderr: bool = False


SHOWN_ALIKE = 10
"""Of one fault in one column so many rows are printed one by one."""
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def harmless_text(text: str) -> str:
    """Return text in which nothing commands a terminal or turns the order of what is read around."""
    return _COMMANDS.sub("\ufffd", text)


def harmless_json(text: str) -> str:
    """Return JSON that says the same, such signs written by their number."""
    return _COMMANDS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def listed(lines: Iterable[str], nothing: str = "") -> str:
    """Return lines one below the other, each on one: what somebody wrote into it cannot begin another."""
    return "\n".join(" ".join(line.splitlines()) for line in lines) or nothing


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as rows for `--json`."""
    return [
        {
            "severity": str(p.severity),
            "code": p.code,
            "file": p.where.file,
            "sheet": p.where.sheet,
            "row": p.where.row or None,
            "column": p.where.column,
            "message": p.message,
            "hint": p.hint,
        }
        for p in problems
    ]


def problems_text(problems: Iterable[Problem]) -> str:
    """Return problems one per line, errors first; of one fault in row after row, the first and how many."""
    rows = sorted(problems, key=lambda p: (str(p.severity), p.where))
    alike = Counter(_fault(p) for p in rows)
    seen: Counter[tuple[str, ...]] = Counter()
    lines = []
    for problem in rows:
        fault = _fault(problem)
        seen[fault] += 1
        if seen[fault] <= SHOWN_ALIKE:
            lines.append(str(problem))
        elif seen[fault] == SHOWN_ALIKE + 1:
            place, more = problem.where, alike[fault] - SHOWN_ALIKE
            column = f", column {place.column}" if place.column else ""
            table = f"{place.sheet or place.file}{column}"
            lines.append(f"… {more:,} more {problem.code} in {table}, from row {place.row} on (all: --json)")
    return listed(lines)


def _fault(problem: Problem) -> tuple[str, ...]:
    where = problem.where
    return str(problem.severity), problem.code, where.file, where.sheet, where.column

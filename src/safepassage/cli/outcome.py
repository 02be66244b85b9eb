"""What a command has to say."""

from __future__ import annotations

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
    """Return problems one per line, errors first."""
    return "\n".join(str(p) for p in sorted(problems, key=lambda p: (str(p.severity), p.where)))

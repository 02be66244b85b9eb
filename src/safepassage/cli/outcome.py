"""What a command has to say."""

from __future__ import annotations

import re
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
    """Return problems one per line, errors first."""
    return listed(str(p) for p in sorted(problems, key=lambda p: (str(p.severity), p.where)))

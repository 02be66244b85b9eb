"""What the verifier answers: violations, what was checked, and the totals it found itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from safepassage_verify.codes import CODES

SCHEMA = "safepassage.verification/1"
MOST_PER_CODE = 50
"""Violations listed of one code; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule: `code` from `CODES`, `where` as a path into the files, `message` in one sentence."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer: `verified` only when nothing is violated.

    `violations` lists at most 50 of a code (a last one says how many more there are), `counts` has them all;
    `checks` says how many things were checked under each code. `recomputed["directions"]` are the verifier's
    own totals. Hashes are "" where the bytes are not known. What could not be checked for want of inputs is
    `not_assessed`: it neither holds nor fails. `files_changed` are files made from the plan, such as its
    report, that are not as they were written with it.
    """

    verified: bool
    violations: tuple[Violation, ...]
    counts: Mapping[str, int]
    checks: Mapping[str, int]
    recomputed: Mapping[str, Any]
    inputs_sha256: str = ""
    plan_sha256: str = ""
    certificate_sha256: str = ""
    not_assessed: tuple[Violation, ...] = ()
    files_changed: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the content of `verification.json`."""
        found = {
            "schema": SCHEMA,
            "class": "RESTRICTED",
            "verified": self.verified,
            "violations": [{"code": v.code, "where": v.where, "message": v.message} for v in self.violations],
            "checks": dict(self.checks),
            "inputs_sha256": self.inputs_sha256,
            "plan_sha256": self.plan_sha256,
            "certificate_sha256": self.certificate_sha256,
            "recomputed": {key: [dict(row) for row in rows] for key, rows in self.recomputed.items()},
        }
        if self.not_assessed:
            found["not_assessed"] = [{"code": v.code, "text": v.message} for v in self.not_assessed]
        if self.files_changed:
            found["files_changed"] = [*self.files_changed]
        return found


class Findings:
    """Collects violations and counts of checks; keeps at most `MOST_PER_CODE` violations of a code."""

    def __init__(self) -> None:
        self._listed: list[Violation] = []
        self._counts: Counter[str] = Counter()
        self._checks: Counter[str] = Counter()
        self._not_assessed: list[Violation] = []

    def not_assessed(self, code: str, text: str) -> None:
        """Note a rule that cannot be checked with what is at hand, and why."""
        self._not_assessed.append(Violation(code=code, where="", message=text))

    def add(self, code: str, where: str, message: str) -> None:
        """Note a violation."""
        if code not in CODES:
            raise KeyError(f"{code} is not a documented code")
        self._counts[code] += 1
        if self._counts[code] <= MOST_PER_CODE:
            self._listed.append(Violation(code=code, where=where, message=message))

    def add_uncounted(self, code: str, number: int) -> None:
        """Note `number` further violations of a code that is full already; none if it is not positive."""
        if number > 0:
            self._counts[code] += number

    def checked(self, code: str, number: int = 1) -> None:
        """Note that `number` things were checked under a code."""
        self._checks[code] += int(number)

    def require(self, code: str, where: str, *, holds: bool, message: str) -> None:
        """Note a check, and a violation unless it holds."""
        self._checks[code] += 1
        if not holds:
            self.add(code, where, message)

    @property
    def total(self) -> int:
        """Number of violations so far."""
        return self._counts.total()

    def verdict(self, *, recomputed: Mapping[str, Any], hashes: Mapping[str, str]) -> Verdict:
        """Return the answer."""
        listed = list(self._listed)
        for code, number in sorted(self._counts.items()):
            if number > MOST_PER_CODE:
                more = f"and {number - MOST_PER_CODE} more of this kind"
                listed.append(Violation(code=code, where="", message=more))
        return Verdict(
            verified=not self._counts.total(),
            violations=tuple(listed),
            counts=MappingProxyType(dict(sorted(self._counts.items()))),
            checks=MappingProxyType(dict(sorted(self._checks.items()))),
            recomputed=MappingProxyType(dict(recomputed)),
            not_assessed=tuple(self._not_assessed),
            inputs_sha256=hashes.get("inputs_sha256", ""),
            plan_sha256=hashes.get("plan_sha256", ""),
            certificate_sha256=hashes.get("certificate_sha256", ""),
        )

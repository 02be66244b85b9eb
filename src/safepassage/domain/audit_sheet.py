"""The sheet of a plan audit: one finding for each rule, and who overrode what and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class RuleKind(StrEnum):
    """What a rule rests on."""

    LAW = "law"
    STANDARD = "standard"
    PRACTICE = "practice"


class Verdict(StrEnum):
    """What a rule finds; missing data is never PASS."""

    PASS = "PASS"  # noqa: S105 - a verdict
    WARN = "WARN"
    FAIL = "FAIL"
    NOT_ASSESSED = "NOT_ASSESSED"


def verdict_in_words(verdict: str) -> str:
    """Return a verdict as it is shown."""
    return verdict.replace("_", " ")


NOT_A_FINDING = "This is not a finding of lawfulness or voluntariness."
"""Stands on every sheet."""
NO_ISSUE = "no issue found in the data given"
"""What a PASS of a rule of law is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number that a rule compares with, where it comes from, and why a case has another one."""

    name: str
    value: int
    unit: str
    rule: str
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it asks, what it rests on, which data it reads."""

    id: str
    title: str
    statement: str
    kind: RuleKind
    source: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A named function takes responsibility for going on although a rule is not kept, with a reason."""

    rule: str
    by: str
    reason: str
    at: str = ""

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("an override says by whom and why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer of one rule: what was measured, against what, about which places, movements or rows."""

    rule: Rule
    verdict: Verdict
    measured: str
    threshold: str = ""
    objects: tuple[str, ...] = ()
    override: Override | None = None

    @property
    def word(self) -> str:
        """The verdict as it is shown."""
        passed = self.verdict is Verdict.PASS and self.rule.kind is RuleKind.LAW
        return NO_ISSUE if passed else verdict_in_words(self.verdict)

    @property
    def holds(self) -> bool:
        """Whether this finding holds up a release."""
        return self.verdict is Verdict.FAIL and self.override is None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRow:
    """One claim, arrangement or answer that the plan rests on: its id, who says so, its document if any."""

    id: str
    kind: str
    text: str
    source: str = ""
    grade: str = ""
    as_of: str = ""
    legal_basis: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSheet:
    """All findings about one plan, in order of the rules; `with_case` says whether its case was read, too."""

    plan_sha256: str
    with_case: bool
    case_id: str
    as_of: str
    findings: tuple[Finding, ...]
    thresholds: Mapping[str, Threshold]
    basis: tuple[BasisRow, ...] = ()

    @property
    def holding(self) -> tuple[Finding, ...]:
        """The findings that hold up a release: rules not kept that nobody has overridden."""
        return tuple(finding for finding in self.findings if finding.holds)


CASE_NOT_READ = "the case was not read (--case)"


def by_verdict(sheet: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the rules of a sheet, as a document, by verdict, overridden ones too."""
    return {
        str(verdict): tuple(row["id"] for row in sheet["findings"] if row["verdict"] == verdict)
        for verdict in (Verdict.FAIL, Verdict.WARN, Verdict.NOT_ASSESSED, Verdict.PASS)
    }


def holding(sheet: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rules of a sheet, as a document, that hold up a release.

    A sheet made without the case holds it up as a whole: rules that need the case could say nothing.
    """
    without = () if sheet.get("with_case") is True else (CASE_NOT_READ,)
    failed = (row for row in sheet["findings"] if row["verdict"] == "FAIL" and not row["override"])
    return (*without, *(row["id"] for row in failed))

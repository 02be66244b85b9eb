"""What an audit is given, and what its rules read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safepassage.audit.trips import Trip, trips
from safepassage.domain.audit_sheet import Finding, Rule, Threshold, Verdict
from safepassage.domain.case import Arrangement, ArrangementKind, ArrangementStatus, Case
from safepassage.domain.manifest import Manifest
from safepassage.domain.safeguard import Safeguard, SafeguardKind

HOUR_S = 3_600
PASS, WARN, FAIL, NOT_ASSESSED = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.NOT_ASSESSED
AGREED = (
    ArrangementStatus.AGREED_IN_DETAIL,
    ArrangementStatus.AGREED_IN_PRINCIPLE,
    ArrangementStatus.IN_FORCE,
)
PASSAGE = (ArrangementKind.PAUSE, ArrangementKind.CORRIDOR)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditInput:
    """The inputs and the plan as documents, and what goes beside them if there is any.

    `case` is the situation of today, `public` the texts that are to go to the public, by file name, `aid` the
    distribution of aid beside the plan.
    """

    inputs: Mapping[str, Any]
    plan: Mapping[str, Any]
    plan_sha256: str
    thresholds: Mapping[str, Threshold]
    case: Case | None = None
    manifest: Manifest | None = None
    public: Mapping[str, str] | None = None
    aid: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """An audit's input with what several rules read: the trips, and safeguards by kind."""

    source: AuditInput
    trips: tuple[Trip, ...]
    first_s: int | None
    as_of_s: int
    safeguards: tuple[Safeguard, ...] = ()
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def case(self) -> Case | None:
        """The situation of today, if it was given."""
        return self.source.case

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan as a document."""
        return self.source.plan

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The inputs as a document."""
        return self.source.inputs

    def rows(self, kind: SafeguardKind, **about: str) -> list[Safeguard]:
        """Return the safeguards of a kind about a place, direction or party, and those about all."""
        return [
            row
            for row in self.safeguards
            if row.kind is kind and all(getattr(row, key) in {"", value} for key, value in about.items())
        ]

    def limit(self, name: str) -> int:
        """Return a threshold, as the case has it or as it stands in the file."""
        return self.thresholds[name].value

    def stated(self, *names: str) -> str:
        """Return thresholds in words."""
        return "; ".join(
            f"{t.name} {t.value} {t.unit}{f' (of this case: {t.reason})' if t.reason else ''}"
            for t in (self.thresholds[name] for name in names)
        )

    def arrangements(self) -> tuple[Arrangement, ...]:
        """Return what was arranged or announced, as far as it is known."""
        return self.case.arrangements if self.case else ()

    def passages(self) -> list[Arrangement]:
        """Return pauses and corridors that parties agreed to: with one, the movement is an agreed passage."""
        return [a for a in self.arrangements() if a.kind in PASSAGE and a.status in AGREED]

    def departures(self) -> dict[str, int]:
        """Return the first departure of people from each place."""
        first: dict[str, int] = {}
        for trip in self.trips:
            for place in trip.places:
                first[place] = min(trip.depart_s, first.get(place, trip.depart_s))
        return dict(sorted(first.items()))


def given(source: AuditInput) -> Given:
    """Read off the input what several rules need."""
    case = source.case
    rows = case.safeguards if case else ()
    found = trips(source.inputs, source.plan)
    epoch = datetime.fromisoformat(str(source.inputs["epoch"]))
    as_of = datetime.fromisoformat(case.as_of if case else str(source.inputs["as_of"]))
    return Given(
        source=source,
        trips=found,
        first_s=min((trip.depart_s for trip in found), default=None),
        as_of_s=round((as_of - epoch).total_seconds()),
        safeguards=tuple(sorted(rows, key=lambda row: row.id)),
        thresholds=_thresholds(source.thresholds, rows),
    )


def _thresholds(stated: Mapping[str, Threshold], rows: Iterable[Safeguard]) -> dict[str, Threshold]:
    """Return the thresholds with those of the case; one without a reason is not taken."""
    found = dict(stated)
    for row in rows:
        old, reason = found.get(row.text), row.provenance.note
        if row.kind is SafeguardKind.THRESHOLD and old is not None and row.number is not None and reason:
            found[row.text] = Threshold(
                name=old.name, value=row.number, unit=old.unit, rule=old.rule, source=old.source,
                reason=reason,
            )  # fmt: skip
    return found


Answer = tuple[Verdict, str, str, tuple[str, ...]]
"""Verdict, measured, threshold in words, objects."""
Check = Callable[[Given], Answer]
SHOWN = 12


def answer(verdict: Verdict, measured: str, objects: Iterable[str] = (), threshold: str = "") -> Answer:
    """Return what a rule found."""
    return verdict, measured, threshold, tuple(objects)


def unknown(what: str) -> Answer:
    """Return that data are missing: never a PASS."""
    return answer(NOT_ASSESSED, f"not in the data: {what}")


def finding(rule: Rule, check: Check, data: Given) -> Finding:
    """Ask one rule."""
    verdict, measured, threshold, objects = check(data)
    return Finding(rule=rule, verdict=verdict, measured=measured, threshold=threshold, objects=objects)


def hours(seconds: int) -> str:
    """Return seconds in hours with one decimal, rounded towards less."""
    return f"{seconds * 10 // HOUR_S / 10:.1f} h"


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent, rounded towards less."""
    return part * 100 // whole if whole else 0

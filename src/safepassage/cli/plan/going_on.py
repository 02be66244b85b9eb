"""`safepassage plan --previous`: reads the plan that is under way, and what has happened, as it is typed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from safepassage.casework.verified_plan import NotVerifiedError, verified_plan
from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.case import (
    Case,
    Demand,
    DirectionBasis,
    Group,
    Interval,
    Provenance,
    RoadStatus,
    RoadStatusWord,
)
from safepassage.domain.dictionary.dictionary import table
from safepassage.domain.errors import FormatError
from safepassage.domain.situation import (
    Change,
    DemandCounted,
    Event,
    RoadStatusReported,
    Situation,
    Unanswered,
    VehicleLost,
    WindowsMoved,
)
from safepassage.formats.case.case_clock import typed_clock
from safepassage.formats.case.case_times import Clock, Fault
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json, plan_json
from safepassage.planning import Announced
from safepassage_verify.files import AID

REPORTED_BY = "duty desk"
NEWS = ("close", "lost", "no_answer", "window", "count")
"""The options that say what has happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """What to go on from, the situation with what has happened since, and hashes of the earlier plan."""

    situation: Situation
    announced: Announced | None
    earlier_sha256: str = ""
    aid: AidPlan | None = None
    aid_sha256: str = ""


def going_on(options: argparse.Namespace, case: Case) -> GoingOn:
    """Return what the options say has happened; without an earlier plan, the case alone.

    Raises
    ------
    FormatError
        When an option cannot be understood, or the earlier plan does not pass its verification.
    """
    if options.previous is None:
        stray = [name for name in ("at", *NEWS) if getattr(options, name)]
        if stray:
            raise FormatError(
                file=_option(stray[0]), what="there is no earlier plan", remedy="name it with --previous OUT"
            )
        return GoingOn(situation=Situation(case=case), announced=None)
    if not options.at:
        raise FormatError(
            file="--previous", what="the time is missing up to which that plan was carried out",
            remedy="give it with --at, for example --at 14:30",
        )  # fmt: skip
    clock = typed_clock(case)
    now_s = _understood("--at", clock.seconds(options.at))
    if not 0 <= now_s < case.settings.horizon_s:
        raise FormatError(file="--at", what=f"{options.at} lies outside the hours that are planned")
    announced, digest, (aid, aid_sha256) = _announced(options.previous, now_s)
    at, changes = clock.iso(now_s), tuple(_changes(options, case, clock, now_s))
    events = tuple(Event(at=at, by=REPORTED_BY, change=change) for change in changes)
    situation = Situation(case=case, events=events)
    return GoingOn(
        situation=situation, announced=announced, earlier_sha256=digest, aid=aid, aid_sha256=aid_sha256
    )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _understood(option: str, found: Any) -> Any:
    if isinstance(found, Fault):
        raise FormatError(file=option, what=found.message, remedy=found.hint)
    return found


def _announced(path: Path, now_s: int) -> tuple[Announced, str, tuple[AidPlan | None, str]]:
    """Read the earlier plan with its aid; one that does not hold is not gone on from."""
    try:
        found = verified_plan(path)
    except NotVerifiedError:
        raise FormatError(
            file=str(path), what="this plan does not pass its verification, so it is not gone on from",
            remedy="run `safepassage verify` to see why",
        ) from None  # fmt: skip
    announced = Announced(
        problem=inputs_json.parse(canonical_json.decode(found.inputs)),
        schedule=plan_json.parsed_schedule(canonical_json.decode(found.plan)), now_s=now_s,
    )  # fmt: skip
    data, digest = found.bytes_beside(AID), found.hashes["plan_sha256"]
    if data is None:
        return announced, digest, (None, "")
    return announced, digest, (aid_json.parsed(canonical_json.decode(data)), canonical_json.sha256(data))


def _changes(options: argparse.Namespace, case: Case, clock: Clock, now_s: int) -> Iterator[Change]:
    """Yield what has happened, in a fixed order of kinds, each kind as typed."""
    rest = Interval(from_s=now_s, until_s=case.settings.horizon_s)
    column = next(c for c in table("road_status").columns if c.name == "roads")
    for number, text in enumerate(options.close, start=1):
        roads = _understood("--close", read_cell(text, column, clock))
        source = Provenance(source=f"reported to the {REPORTED_BY}", as_of=clock.iso(now_s))
        status = RoadStatus(
            id=f"closed-{now_s}-{number}", roads=roads, status=RoadStatusWord.NOT_PASSABLE, interval=rest,
            provenance=source,
        )  # fmt: skip
        yield RoadStatusReported(status=status)
    for vehicle in options.lost:
        _require_known("--lost", vehicle, _vehicles(case))
        yield VehicleLost(vehicle=vehicle, from_s=now_s)
    for name in options.no_answer:
        yield _unanswered(name, case, now_s)
    for text in options.window:
        name, hours = _pair("--window", text, "ID=HOURS", "pause-1=10:00-14:00")
        known = [row.id for row in case.arrangements] + [row.id for row in case.places]
        _require_known("--window", name, [*known, *(row.id for row in case.transit_links)])
        yield WindowsMoved(of=name, windows=_understood("--window", clock.windows(hours)))
    counts: dict[str, list[Demand]] = {}
    for text in options.count:
        _count(text, case, counts)
    for place, rows in counts.items():
        yield DemandCounted(place=place, rows=tuple(rows))


def _unanswered(name: str, case: Case, now_s: int) -> Change:
    """No answer to an arrangement closes what it opens; no answer for a vehicle grounds it."""
    vehicles = _vehicles(case)
    _require_known("--no-answer", name, [*(row.id for row in case.arrangements), *vehicles])
    if name in vehicles:
        return VehicleLost(vehicle=name, from_s=now_s)
    return Unanswered(arrangement=name, from_s=now_s)


def _vehicles(case: Case) -> list[str]:
    """Return the ids that the vehicles of the fleet have in plans."""
    return [f"{kind.id}-{number:03d}" for kind in case.fleet for number in range(1, kind.count + 1)]


def _pair(option: str, text: str, form: str, example: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise FormatError(file=option, what=f"{text!r} is not {form}", remedy=f"write for example {example}")
    return name.strip(), value.strip()


def _require_known(option: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=4, cutoff=0.4)
        shown = ", ".join(near or sorted(known)[:8])
        raise FormatError(
            file=option,
            what=f"the case has no {name}",
            remedy=f"it has {shown or 'none'}{' …' if len(known) > len(near or known[:8]) else ''}",
        )


def _count(text: str, case: Case, counts: dict[str, list[Demand]]) -> None:
    """Set one number of a place, those who have left included; its other numbers stay."""
    key, number = _pair("--count", text, "PLACE:GROUP:DIRECTION=PERSONS", "ford:needs_transport:west=40")
    parts = [part.strip() for part in key.split(":")]
    if len(parts) != 3 or not number.isdecimal():  # noqa: PLR2004 - place, group, direction
        raise FormatError(
            file="--count", what=f"{text!r} is not PLACE:GROUP:DIRECTION=PERSONS",
            remedy="write for example ford:needs_transport:west=40",
        )  # fmt: skip
    place, group, direction = parts
    _require_known("--count", place, [row.id for row in case.places])
    _require_known("--count", group, [str(g) for g in Group])
    _require_known("--count", direction, [row.id for row in case.directions])
    rows = counts.setdefault(place, [row for row in case.demand if row.place == place])
    found = [
        row for row in rows
        if (str(row.group), row.direction) == (group, direction)
        and row.basis is not DirectionBasis.ASSUMPTION
    ]  # fmt: skip
    basis = found[0].basis if found else DirectionBasis.TALLY
    counted = Demand(
        place=place, direction=direction, group=Group(group), persons=int(number), basis=basis,
        provenance=Provenance(source=f"counted by the {REPORTED_BY}"),
    )  # fmt: skip
    counts[place] = [*(row for row in rows if row not in found), counted]

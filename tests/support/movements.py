"""Movements for tests: particulars that pass the check, and a desk that records events one minute apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safepassage.domain.movement import events as ev
from safepassage.domain.movement.form import CONSENTED
from safepassage.domain.movement.lifecycle import after
from safepassage.domain.movement.particulars import (
    FocalPoint,
    Particulars,
    PassageTerms,
    PersonsLine,
    Place,
    Recipient,
    RoutePoint,
    TimeZone,
    VehicleLine,
)
from safepassage.domain.movement.words import (
    Answer,
    Channel,
    HazardStatus,
    MovementKind,
    PointKind,
    RecipientRole,
    Shape,
)

NOW_S = 1_900_000_000
"""A time on 17 March 2030."""
HOUR_S = 3600
START_S = NOW_S + 50 * HOUR_S


def route(start_s: int = START_S) -> tuple[RoutePoint, ...]:
    """Return three timed points."""
    kinds = (PointKind.START, PointKind.CROSSING, PointKind.END)
    return tuple(
        RoutePoint(
            id=name, kind=kinds[n], roads="H07",
            place=Place(name=name.title(), lat_e7=510_000_000 + n, lon_e7=350_000_000),
            from_utc_s=start_s + n * HOUR_S, until_utc_s=start_s + n * HOUR_S + 900,
        )
        for n, name in enumerate(("alder", "ford", "birch"))
    )  # fmt: skip


RECIPIENTS = (
    Recipient(id="side-a", name="Side A", role=RecipientRole.PARTY),
    Recipient(id="side-b", name="Side B", role=RecipientRole.PARTY),
    Recipient(id="icrc", name="ICRC", role=RecipientRole.IMPARTIAL),
)
TERMS = PassageTerms(
    who_may_leave="everybody who wishes", free_choice="either way or stay", aid_in="two lorries a day",
    dissemination="both sides tell their units by 20:00 the day before", monitors="ICRC at the ford",
    those_who_stay="keep their aid", document="exchange of letters 7", pause_from_utc_s=START_S - HOUR_S,
    pause_until_utc_s=START_S + 5 * HOUR_S,
)  # fmt: skip


def particulars(**changes: Any) -> Particulars:
    """Return particulars that pass the check."""
    said: dict[str, Any] = {
        "kind": MovementKind.NOTIFIED,
        "shape": Shape.OVERLAND,
        "title": "Alder to Birch",
        "org": "red",
        "lead": "head of mission",
        "mandate": "own",
        "focal_point": FocalPoint(function="duty officer", phone="+000 1", radio="HF 5.5", callsign="R1"),
        "persons": (
            PersonsLine(category="wheelchair", persons=3),
            PersonsLine(category="seated", persons=40),
        ),
        "vehicles": (VehicleLine(type="coach", plate="AB 123", markings="logo on both sides"),),
        "start_utc_s": START_S,
        "end_utc_s": START_S + 3 * HOUR_S,
        "origin": Place(name="Alder", lat_e7=510_000_000, lon_e7=350_000_000),
        "destination": Place(name="Birch", lat_e7=510_000_002, lon_e7=350_000_000),
        "route": route(),
        "alternative_route": "by the mill",
        "explosive_hazards": HazardStatus.SURVEYED_NONE_FOUND,
        "recipients": RECIPIENTS,
        "zones": (TimeZone(label="Here", offset_s=3 * HOUR_S),),
    }
    return Particulars(**(said | changes))


def agreed(**changes: Any) -> Particulars:
    """Return particulars of an agreed safe passage."""
    return particulars(**({"kind": MovementKind.AGREED, "terms": TERMS} | changes))


def later(given: Particulars, seconds: int = HOUR_S) -> Particulars:
    """Return the same movement at a later time."""
    return replace(
        given,
        start_utc_s=given.start_utc_s + seconds,
        end_utc_s=given.end_utc_s + seconds,
        route=tuple(
            replace(p, from_utc_s=p.from_utc_s + seconds, until_utc_s=p.until_utc_s + seconds)
            for p in given.route
        ),
    )


class Desk:
    """Records events about one movement, each a minute after the one before unless a time is given."""

    def __init__(self, given: Particulars | None = None) -> None:
        self.now_s, self.count, self.state, self.log = NOW_S, 0, None, []
        self.do(ev.Drafted, particulars=given or particulars())

    def do(self, kind: type, *, by: str = "planner", at: int | None = None, **fields: Any) -> Desk:
        """Record an event; a refusal leaves everything as it was."""
        when = self.now_s + 60 if at is None else at
        event = kind(movement="m1", at_utc_s=when, **fields)
        recorded = ev.Recorded(
            id=f"e{self.count}", by=by, why="test", org="red", received_ms=when * 1000, event=event
        )
        self.state = after(self.state, recorded)
        self.log.append(recorded)
        self.now_s, self.count = max(self.now_s, when), self.count + 1
        return self

    def ready(self) -> Desk:
        """Check, submit and consent."""
        self.do(ev.Checked).do(ev.Submitted)
        for one in self.state.particulars.recipients:
            self.do(ev.Consented, recipient=one.id, fields=CONSENTED, given_by="director")
        return self

    def send(self, *names: str, by: str = "releaser", **fields: Any) -> Desk:
        """Send the current revision."""
        for name in names or [one.id for one in self.state.particulars.recipients]:
            said = {"channel": Channel.MAIL, "revision": self.state.current.number, "person": "desk"}
            self.do(ev.Sent, by=by, recipient=name, **(said | fields))
        return self

    def answer(self, name: str, answer: Answer = Answer.NOTED, **fields: Any) -> Desk:
        """Record an answer to the current revision."""
        said = {"revision": self.state.current.number, "channel": Channel.MAIL, "person": "duty officer"}
        return self.do(ev.Answered, recipient=name, answer=answer, **(said | fields))

    def go(self, **fields: Any) -> Desk:
        """Decide to go."""
        return self.do(ev.Decided, **({"go": True, "lead": "head of mission"} | fields))

    def under_way(self) -> Desk:
        """Go with everybody's acknowledgement, and leave on time."""
        asked = self.state.particulars.kind is MovementKind.AGREED
        word = Answer.AGREED if asked else Answer.NOTED
        self.ready().send().answer("side-a", word).answer("side-b", word).answer("icrc").go()
        return self.do(ev.Departed, at=START_S + 300)

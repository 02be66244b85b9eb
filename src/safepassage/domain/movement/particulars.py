"""The particulars of a movement: what one revision says. Times are seconds since 1970, UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from safepassage.domain.movement.words import (
    HazardStatus,
    MovementKind,
    PointKind,
    Purpose,
    RecipientRole,
    Shape,
    YesNo,
)

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LONGEST_TEXT = 2000
MOST_ROWS = 500
MINUTE_S = 60


def check_id(text: str, what: str) -> None:
    """Raise ValueError unless a text can name something in the log."""
    if not _ID.fullmatch(text):
        raise ValueError(f"{what} is named by up to 64 small letters, digits, dots and dashes, not {text!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalPoint:
    """Who can be reached day and night: a function, never a private name, and every number and callsign."""

    function: str = ""
    phone: str = ""
    satellite_phone: str = ""
    radio: str = ""
    callsign: str = ""

    @property
    def reachable(self) -> bool:
        """Whether there is any way to reach this function."""
        return any((self.phone, self.satellite_phone, self.radio))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsLine:
    """Persons who travel or are served, by category, as a count."""

    category: str
    persons: int

    def __post_init__(self) -> None:
        if self.persons < 0 or not self.category.strip():
            raise ValueError("persons are counted from 0, under a category")


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoLine:
    """One kind of goods: how much, how heavy, of which class of dangerous goods, if any."""

    item: str
    quantity: int
    unit: str
    weight_kg: int = 0
    hazard_class: str = ""

    def __post_init__(self) -> None:
        if self.quantity < 0 or self.weight_kg < 0 or not self.item.strip():
            raise ValueError("goods have a name, and are counted and weighed from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleLine:
    """One vehicle, or several alike without a plate yet."""

    type: str
    count: int = 1
    make: str = ""
    colour: str = ""
    plate: str = ""
    markings: str = ""
    roof_mark: str = ""

    def __post_init__(self) -> None:
        if self.count < 1 or not self.type.strip():
            raise ValueError("a vehicle has a type and is counted from 1")
        if self.plate and self.count > 1:
            raise ValueError("one plate belongs to one vehicle: give a row to each")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboardLine:
    """Staff aboard by role; names stand in a confidential annex on paper, never here."""

    role: str
    persons: int

    def __post_init__(self) -> None:
        if self.persons < 0 or not self.role.strip():
            raise ValueError("staff aboard are counted from 0, by role")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by name, place code and position (ten-millionths of a degree)."""

    name: str
    pcode: str = ""
    lat_e7: int | None = None
    lon_e7: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a place has a name")
        if (self.lat_e7 is None) != (self.lon_e7 is None):
            raise ValueError("a position has a latitude and a longitude")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePoint:
    """One point of the route, the window in which it is passed or reached, and the road that leads there."""

    id: str
    place: Place
    kind: PointKind = PointKind.WAYPOINT
    from_utc_s: int | None = None
    until_utc_s: int | None = None
    roads: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_id(self.id, "a point of the route")
        if (self.from_utc_s is None) != (self.until_utc_s is None):
            raise ValueError(f"the window at {self.id} has a beginning and an end, or neither")
        if (
            self.from_utc_s is not None
            and self.until_utc_s is not None
            and self.from_utc_s > self.until_utc_s
        ):
            raise ValueError(f"the window at {self.id} ends before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageTerms:
    """What parties agree to beyond a notification; a term that is "" has not been agreed on.

    The list is that of the ICRC's account of the passages of March 2022: agreements failed for want of exact
    times, locations and routes, of who may leave of their own will, and of whether aid goes in.
    """

    who_may_leave: str = ""
    free_choice: str = ""
    aid_in: str = ""
    monitors: str = ""
    private_cars: str = ""
    pause_from_utc_s: int | None = None
    pause_until_utc_s: int | None = None
    dissemination: str = ""
    explosive_hazards: str = ""
    those_who_stay: str = ""
    document: str = ""

    def __post_init__(self) -> None:
        start, end = self.pause_from_utc_s, self.pause_until_utc_s
        if (start is None) != (end is None) or (start is not None and end is not None and end <= start):
            raise ValueError("a pause has a beginning and a later end, or neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who is told, in which role, and after how many seconds without an answer to ask again."""

    id: str
    name: str
    role: RecipientRole
    contact: str = ""
    language: str = "en"
    ask_again_after_s: int = 6 * 3600

    def __post_init__(self) -> None:
        check_id(self.id, "a recipient")
        if self.ask_again_after_s < 1:
            raise ValueError("a recipient is asked again after at least a second")


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """What is done so many seconds after something fell due, and who does it."""

    after_s: int
    who: str
    what: str

    def __post_init__(self) -> None:
        if self.after_s < 0 or not self.who.strip() or not self.what.strip():
            raise ValueError("a step of escalation says after how many seconds, who, and what")


DEFAULT_ESCALATION = (
    EscalationStep(after_s=0, who="radio desk", what="call the movement on every channel it has"),
    EscalationStep(
        after_s=15 * 60, who="radio desk", what="call again; call the next point and the last one it passed"
    ),
    EscalationStep(
        after_s=30 * 60, who="lead", what="told; decides whom to ask; nobody drives out to look yet"
    ),
    EscalationStep(
        after_s=60 * 60, who="lead", what="asks every recipient for news of the movement, with its last place"
    ),
    EscalationStep(
        after_s=120 * 60, who="lead", what="treats it as an incident: record it, tell medical help"
    ),
)
"""Steps when nothing else was agreed (practice; to be set by the organisation's own security plan)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """How often a movement under way reports, how late a report may be, and what is done when it is later."""

    check_in_every_s: int = 3600
    grace_s: int = 15 * 60
    decide_before_s: int = 3600
    review_within_s: int = 72 * 3600
    escalation: tuple[EscalationStep, ...] = DEFAULT_ESCALATION

    def __post_init__(self) -> None:
        least = min(self.check_in_every_s, self.review_within_s)
        if least < MINUTE_S or min(self.grace_s, self.decide_before_s) < 0:
            raise ValueError("reports are at least a minute apart, and nothing is due before it happens")
        after = [step.after_s for step in self.escalation]
        if after != sorted(after):
            raise ValueError("steps of escalation stand in order of time")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZone:
    """A local time that is written beside UTC: its label, and its seconds east of UTC."""

    label: str
    offset_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Everything one revision says. Empty text means not stated; the check says what is missing.

    Raises
    ------
    ValueError
        When times run backwards, ids stand twice, or a row is nonsense.
    """

    kind: MovementKind
    shape: Shape
    title: str
    org: str
    start_utc_s: int
    end_utc_s: int
    origin: Place
    destination: Place
    lead: str = ""
    mandate: str = ""
    focal_point: FocalPoint = FocalPoint()
    purpose: Purpose = Purpose.EVACUATION
    persons: tuple[PersonsLine, ...] = ()
    cargo: tuple[CargoLine, ...] = ()
    vehicles: tuple[VehicleLine, ...] = ()
    aboard: tuple[AboardLine, ...] = ()
    annex: str = ""
    route: tuple[RoutePoint, ...] = ()
    overnight: str = ""
    return_leg: str = ""
    alternative_route: str = ""
    valid_until_utc_s: int | None = None
    standing: bool = False
    emergency: bool = False
    explosive_hazards: HazardStatus = HazardStatus.UNKNOWN
    explosive_hazards_source: str = ""
    armed_escort: YesNo = YesNo.NO
    consent_basis: str = ""
    documents: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    terms: PassageTerms = PassageTerms()
    timetable: Timetable = Timetable()
    zones: tuple[TimeZone, ...] = ()
    plan_sha256: str = ""
    corridor: str = ""
    exercise: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.org.strip():
            raise ValueError("a movement has a title and an organisation that moves")
        if self.end_utc_s <= self.start_utc_s:
            raise ValueError("a movement ends after it starts")
        if self.valid_until_utc_s is not None and self.valid_until_utc_s < self.end_utc_s:
            raise ValueError("a notification is valid at least until the movement ends")
        for rows, what in ((self.recipients, "recipient"), (self.route, "point of the route")):
            ids = [row.id for row in rows]
            if len(set(ids)) != len(ids):
                raise ValueError(f"a {what} stands there twice")
        if max(map(len, (self.route, self.vehicles, self.cargo, self.recipients))) > MOST_ROWS:
            raise ValueError(f"a movement has at most {MOST_ROWS} rows of a kind")
        if self.shape is Shape.STATIC_SITE and self.route:
            raise ValueError("a site that stays where it is has no route")
        _check_order(self.route)

    @property
    def persons_total(self) -> int:
        """Persons of all categories."""
        return sum(line.persons for line in self.persons)

    @property
    def parties(self) -> tuple[Recipient, ...]:
        """The recipients that are parties."""
        return tuple(one for one in self.recipients if one.role is RecipientRole.PARTY)

    def recipient(self, recipient_id: str) -> Recipient | None:
        """Return a recipient by its short name."""
        return next((one for one in self.recipients if one.id == recipient_id), None)


def _check_order(route: tuple[RoutePoint, ...]) -> None:
    windows = [(point.from_utc_s, point.until_utc_s, point.id) for point in route]
    timed = [(start, end, name) for start, end, name in windows if start is not None and end is not None]
    for (start, end, _), (later_start, later_end, name) in pairwise(timed):
        if later_start < start or later_end < end:
            raise ValueError(f"the window at {name} lies before that of an earlier point")

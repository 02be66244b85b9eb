"""A public warning about a road, announced hours or a delay: one message of the Common Alerting Protocol.

CAP 1.2 (OASIS Standard, 1 July 2010). We never say `Evacuate` or `AllClear`: leaving is each person's own
choice, and nobody here can say that a danger has passed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ID = re.compile(r"[^\s,<&]{1,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DEGREES_90_E7, DEGREES_180_E7 = 900_000_000, 1_800_000_000
LEAST_RING = 4
_LONGEST = 4000


class AlertStatus(StrEnum):
    """How a message is meant."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"
    DRAFT = "Draft"


class MessageType(StrEnum):
    """Whether a message is the first, changes earlier ones, or takes them back."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class Scope(StrEnum):
    """Who a message is for."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """What kind of event it is."""

    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    HEALTH = "Health"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people may do; the words of the protocol without `Evacuate` and `AllClear`."""

    SHELTER = "Shelter"
    PREPARE = "Prepare"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    NONE = "None"


class Urgency(StrEnum):
    """How soon to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How bad it is."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An earlier message: its sender, identifier and the second at which it was sent."""

    sender: str
    identifier: str
    sent_utc_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertArea:
    """Where: in words, and as rings of (latitude, longitude) or circles; several are a union, none a hole.

    Rings are closed, in ten-millionths of a degree; a circle is (latitude, longitude, radius in metres).
    """

    description: str
    polygons: tuple[tuple[tuple[int, int], ...], ...] = ()
    circles: tuple[tuple[int, int, int], ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.description.strip():
            raise ValueError("an area is described in words")
        for ring in self.polygons:
            if len(ring) < LEAST_RING or ring[0] != ring[-1]:
                raise ValueError("a ring has at least four points, the last as the first")
        points = [point for ring in self.polygons for point in ring]
        points += [(lat, lon) for lat, lon, _ in self.circles]
        if any(abs(lat) > DEGREES_90_E7 or abs(lon) > DEGREES_180_E7 for lat, lon in points):
            raise ValueError("a point lies outside of the earth: latitude comes first")
        if any(radius < 0 for _, _, radius in self.circles):
            raise ValueError("a radius is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertInfo:
    """What a message says in one language."""

    event: str
    language: str = "en"
    category: tuple[Category, ...] = (Category.SAFETY,)
    response: tuple[ResponseType, ...] = ()
    urgency: Urgency = Urgency.UNKNOWN
    severity: Severity = Severity.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    onset_utc_s: int | None = None
    expires_utc_s: int | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    contact: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[AlertArea, ...] = ()

    def __post_init__(self) -> None:
        if not self.event.strip() or not self.category:
            raise ValueError("what happened is named, and of at least one category")
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language!r} is no language code")
        begins, ends = self.onset_utc_s, self.expires_utc_s
        if begins is not None and ends is not None and ends < begins:
            raise ValueError("it expires before it begins")
        if max(map(len, (self.headline, self.description, self.instruction))) > _LONGEST:
            raise ValueError(f"a text has at most {_LONGEST} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAlert:
    """One message. An update or a cancel names the messages it is about; a private one its addressees.

    Raises
    ------
    ValueError
        When a rule of the protocol is not kept; `str()` says which.
    """

    identifier: str
    sender: str
    sent_utc_s: int
    status: AlertStatus
    type: MessageType
    scope: Scope = Scope.PUBLIC
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    infos: tuple[AlertInfo, ...] = ()
    offset_s: int = 0

    def __post_init__(self) -> None:
        for text in (self.identifier, self.sender, *(r.identifier for r in self.references)):
            if not _ID.fullmatch(text):
                raise ValueError(f"{text!r} has a space, a comma, < or &: a sender or number may not")
        if (self.scope is Scope.RESTRICTED) != bool(self.restriction.strip()):
            raise ValueError("a restricted message says what it is restricted to, and no other does")
        if (self.scope is Scope.PRIVATE) != bool(self.addresses):
            raise ValueError("a private message names its addressees, and no other does")
        if (self.type is MessageType.ALERT) == bool(self.references):
            raise ValueError("an update or a cancel names the messages it is about, a first alert none")
        if any(one.sent_utc_s > self.sent_utc_s for one in self.references):
            raise ValueError("a message cannot be about a later one")
        if self.type is not MessageType.CANCEL and not self.infos:
            raise ValueError("only a cancel may go without saying what happened")

    @property
    def reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(sender=self.sender, identifier=self.identifier, sent_utc_s=self.sent_utc_s)


def followed(chain: tuple[PublicAlert, ...], new: PublicAlert) -> tuple[PublicAlert, ...]:
    """Return a chain of messages with one more.

    Raises
    ------
    ValueError
        When the chain was cancelled, or the new message does not name the whole chain it goes on from.
    """
    if not chain:
        if new.type is not MessageType.ALERT:
            raise ValueError("the first message is an alert")
        return (new,)
    if chain[-1].type is MessageType.CANCEL:
        raise ValueError("it was cancelled: begin a new alert")
    if new.type is MessageType.ALERT:
        raise ValueError("it was issued before: update or cancel it")
    if new.status is not chain[0].status:
        raise ValueError("an exercise stays an exercise, and what is actual stays actual")
    if {one.reference for one in chain} != set(new.references):
        raise ValueError("an update or a cancel names every message before it")
    return (*chain, new)

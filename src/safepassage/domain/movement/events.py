"""What can happen to a movement, and when it did; the log says when that was recorded, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from safepassage.domain.access import Operation
from safepassage.domain.movement.particulars import Particulars, check_id
from safepassage.domain.movement.words import Answer, Channel, Condition, YesNo

MAKES_MOVEMENTS = "movement"
"""First word of the kinds of entries of the log that hold these events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a movement at a time (seconds since 1970, UTC)."""

    movement: str
    at_utc_s: int

    def __post_init__(self) -> None:
        check_id(self.movement, "a movement")
        if self.at_utc_s < 0:
            raise ValueError("times count from 1970")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted(Event):
    """A movement was written down for the first time."""

    particulars: Particulars


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised(Event):
    """Its particulars were changed; after anybody was told, this is a new revision."""

    particulars: Particulars


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Event):
    """Somebody went through the check, and saw what it warns of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(Event):
    """It was handed to whoever releases it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented(Event):
    """The organisation that moves agreed to what a recipient may be told: numbers of fields of the form.

    It replaces what was agreed before for this recipient; without `fields` consent is withdrawn. `given_by`
    is a function, `document` the number of the paper that says so.
    """

    recipient: str
    fields: tuple[str, ...]
    given_by: str
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Event):
    """A recipient was told the current revision, or that the movement is cancelled.

    `person` is the function that took it, `files` name and SHA-256 of what was handed over or read out.
    """

    recipient: str
    revision: int
    channel: Channel
    person: str = ""
    files: tuple[tuple[str, str], ...] = ()
    cancellation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """A recipient answered about one revision; `read_back`: what was heard was read back and confirmed."""

    recipient: str
    revision: int
    answer: Answer
    channel: Channel
    person: str
    read_back: bool = False
    reference: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed(Event):
    """A recipient said whether its units on the way were told."""

    recipient: str
    revision: int
    units_told: YesNo
    channel: Channel
    person: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Event):
    """The named lead decided to go or not; `despite` is the lead's reason to go with questions open."""

    go: bool
    lead: str
    despite: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed(Event):
    """It left, or a site opened."""

    channel: Channel = Channel.RADIO
    person: str = ""
    persons: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Event):
    """A movement under way reported from a point of its route, or from elsewhere (`point` is "")."""

    channel: Channel
    person: str
    point: str = ""
    condition: Condition = Condition.PASSED
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(Event):
    """It arrived, or a site was given up as planned."""

    channel: Channel = Channel.RADIO
    person: str = ""
    persons: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aborted(Event):
    """It was broken off under way."""

    reason: str
    channel: Channel = Channel.RADIO
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentHappened(Event):
    """Something happened to it; `ends` says that the movement is over by it."""

    text: str
    channel: Channel = Channel.RADIO
    person: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Event):
    """A step of an alarm was taken: which one, and what came of it."""

    alarm: str
    step: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Event):
    """It will not take place; whoever was told of it has to be told so."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """It was looked back on: who left and who arrived, who is unaccounted for and why, what was learned."""

    review: str
    persons_left: int | None = None
    persons_arrived: int | None = None
    unaccounted: str = ""
    lessons: str = ""


KINDS: Mapping[str, type[Event]] = MappingProxyType(
    {
        f"{MAKES_MOVEMENTS}.{word}": kind
        for word, kind in (
            ("drafted", Drafted),
            ("revised", Revised),
            ("checked", Checked),
            ("submitted", Submitted),
            ("consented", Consented),
            ("sent", Sent),
            ("answered", Answered),
            ("relayed", Relayed),
            ("decided", Decided),
            ("departed", Departed),
            ("reported", Reported),
            ("arrived", Arrived),
            ("aborted", Aborted),
            ("incident", IncidentHappened),
            ("escalated", Escalated),
            ("cancelled", Cancelled),
            ("closed", Closed),
        )
    }
)
"""Kind of entry of the log to event."""

NEEDS: Mapping[type[Event], Operation] = MappingProxyType(
    {
        Drafted: Operation.PLAN,
        Revised: Operation.PLAN,
        Checked: Operation.PLAN,
        Submitted: Operation.PLAN,
        Consented: Operation.RECORD,
        Sent: Operation.NOTIFY,
        Answered: Operation.NOTIFY,
        Relayed: Operation.NOTIFY,
        Decided: Operation.APPROVE,
        Departed: Operation.RECORD,
        Reported: Operation.RECORD,
        Arrived: Operation.RECORD,
        Aborted: Operation.RECORD,
        IncidentHappened: Operation.RECORD,
        Escalated: Operation.RECORD,
        Cancelled: Operation.APPROVE,
        Closed: Operation.APPROVE,
    }
)
"""Event to the operation that a person of the office needs to record it, for a server that asks."""


EventT_co = TypeVar("EventT_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[EventT_co]):
    """An event as it stands in the log: id of its entry, by whom, why, when received (ms since 1970, UTC)."""

    id: str
    by: str
    why: str
    org: str
    received_ms: int
    event: EventT_co


def about(event: Event) -> str:
    """Return what an entry of this event is about: one recipient of a movement, or the movement."""
    recipient = getattr(event, "recipient", "")
    return f"movement:{event.movement}" + (f":{recipient}" if recipient else "")

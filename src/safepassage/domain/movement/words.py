"""The words that movements, their recipients and their answers are described with."""

from __future__ import annotations

from enum import StrEnum


class MovementKind(StrEnum):
    """Which rules hold: a notified movement informs, an agreed safe passage needs every party's agreement."""

    NOTIFIED = "notified"
    AGREED = "agreed"


class Shape(StrEnum):
    """What is notified: a movement by road or by water, or a site that stays where it is."""

    OVERLAND = "overland"
    WATERBORNE = "waterborne"
    STATIC_SITE = "static_site"


class Purpose(StrEnum):
    """What a movement is for."""

    EVACUATION = "evacuation"
    AID = "aid"
    MEDICAL = "medical"
    ASSESSMENT = "assessment"
    MIXED = "mixed"
    SITE = "site"


class PointKind(StrEnum):
    """What a point of a route is."""

    START = "start"
    WAYPOINT = "waypoint"
    CHECKPOINT = "checkpoint"
    CROSSING = "crossing"
    STOP = "stop"
    OVERNIGHT = "overnight"
    END = "end"


class RecipientRole(StrEnum):
    """Who is told: a party, an impartial organisation (the ICRC, the UN and others), a coordinating body."""

    PARTY = "party"
    IMPARTIAL = "impartial"
    COORDINATION = "coordination"


class Channel(StrEnum):
    """How something was said or handed over."""

    PAPER = "paper"
    MAIL = "mail"
    PHONE = "phone"
    RADIO = "radio"
    SATELLITE = "satellite"
    IN_PERSON = "in_person"


VOICE = frozenset({Channel.PHONE, Channel.RADIO, Channel.SATELLITE})
"""Channels on which what was heard is read back, or counts as unconfirmed."""


class Answer(StrEnum):
    """What a recipient said: `read` is no answer yet, `agreed` exists for an agreed safe passage only."""

    READ = "read"
    NOTED = "noted"
    COMMENT = "comment"
    AGREED = "agreed"
    OBJECTION = "objection"


class YesNo(StrEnum):
    """An answer that may be missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class HazardStatus(StrEnum):
    """What is known of explosive hazards on the route, as reported; unknown is no all-clear."""

    UNKNOWN = "unknown"
    REPORTED_PRESENT = "reported_present"
    SURVEYED_NONE_FOUND = "surveyed_none_found"


class Paper(StrEnum):
    """Where the papers of the current revision are."""

    DRAFT = "draft"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    SENT = "sent"


class Course(StrEnum):
    """Where the movement itself is."""

    NOT_DECIDED = "not_decided"
    GO = "go"
    NO_GO = "no_go"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    ABORTED = "aborted"
    ENDED_BY_INCIDENT = "ended_by_incident"
    CANCELLED = "cancelled"
    CLOSED = "closed"


ENDED = frozenset({Course.NO_GO, Course.ARRIVED, Course.ABORTED, Course.ENDED_BY_INCIDENT, Course.CANCELLED})
"""From here a movement can only be closed with a review; `no_go` can still become `go`."""


class Condition(StrEnum):
    """How a movement under way is at a report."""

    PASSED = "passed"
    WAITING = "waiting"
    HELD = "held"
    TURNED_BACK = "turned_back"
    ALL_WELL = "all_well"


class Reply(StrEnum):
    """Where a recipient stands; only `acknowledged` and `agreed` mean that it knows this route and time."""

    NOT_SENT = "not sent"
    NO_REPLY = "no reply"
    UNCONFIRMED = "heard, not read back"
    STALE = "stale"
    ACKNOWLEDGED = "acknowledged"
    AGREED = "agreed"
    OBJECTED = "objection"

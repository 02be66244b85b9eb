"""What goes in and out of the API: closed values, checked where they come in, described from here."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Id = Annotated[
    str, Meta(pattern=r"^[!-~]{1,160}$", description="Idempotency key: sent again, nothing is added")
]
Text = Annotated[str, Meta(max_length=2000)]
Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
Name = Annotated[str, Meta(max_length=200)]


class Value(Struct, forbid_unknown_fields=True, kw_only=True):
    """The root of what comes in: unknown fields are refused."""


class Answer(Struct, kw_only=True):
    """The root of what goes out."""


class SignIn(Value):
    """Name and password; in the example a role is enough."""

    name: Name = ""
    password: Annotated[str, Meta(max_length=128)] = ""
    role: Name = ""


class Session(Answer):
    """Who is signed in; `token` is shown at the beginning only."""

    person: str
    role: str
    org: str
    token: str = ""


class Report(Value):
    """A report in eight fields, as on the screen of the situation."""

    id: Id
    event: Annotated[str, Meta(min_length=1, max_length=100)]
    words: Words
    place: Name = ""
    source: Name = ""
    via: Name = ""
    date: Name = ""
    value: Name = ""
    grade: Annotated[str, Meta(pattern=r"^([A-Fa-f][1-6])?$")] = ""
    why: Text = ""


class Closure(Value):
    """A reported status of a road or crossing, from a time on."""

    id: Id
    roads: Annotated[str, Meta(min_length=1, max_length=500)]
    status: Name = "NOT_PASSABLE"
    since: Name = ""
    source: Name = ""
    grade: Annotated[str, Meta(pattern=r"^([A-Fa-f][1-6])?$")] = ""
    why: Text = ""


class Decision(Value):
    """What a person decides about a claim; empty fields change nothing."""

    decision: Name = ""
    source_grade: Annotated[str, Meta(pattern=r"^[A-Fa-f]?$")] = ""
    information_grade: Annotated[str, Meta(pattern=r"^[1-6]?$")] = ""
    predicate: Name = ""
    polarity: Name = ""
    modality: Name = ""
    why: Text = ""


class Acceptance(Value):
    """Which plan is accepted and why; `although` says that rules that are not kept were seen."""

    id: Id
    plan_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    why: Annotated[str, Meta(min_length=1, max_length=2000)]
    although: bool = False


class Undo(Value):
    """Which entry is taken back and why."""

    entry: Id
    why: Annotated[str, Meta(min_length=1, max_length=2000)]


class Nothing(Value):
    """A body that says nothing."""


class Receipt(Answer):
    """Where what was sent stands in the log; `repeated` when it stood there before."""

    id: str
    seq: int
    hash: str
    repeated: bool = False
    claims: tuple[str, ...] = ()


class CaseFacts(Answer):
    """The case, the time of it, and how long the log is."""

    id: str
    title: str
    exercise: bool
    as_of: str
    now: str
    seq: int
    directions: tuple[str, ...]


class RoadFacts(Answer):
    """A reported status, who says so and how old it is."""

    roads: str
    status: str
    source: str
    grade: str
    age: str


class ClaimFacts(Answer):
    """A claim with its chain, its grade, and what was decided about it."""

    id: str
    words: str
    predicate: str
    chain: tuple[str, ...]
    grade: str
    decision: str
    counts: bool


class DirectionFacts(Answer):
    """What a plan brings in one direction; seconds count from the start of the case."""

    name: str
    persons_demand: int
    persons_served: int
    clearance_s: int | None
    clearance_bound_s: int | None
    gap_ppm: int | None


class PlanFacts(Answer):
    """The plan that was made last: verified, for which state of the log, accepted or not."""

    sha256: str
    stage: str
    verified: bool
    stale: bool
    accepted: bool
    directions: tuple[DirectionFacts, ...]


class PlannerFacts(Answer):
    """How far the planner is."""

    phase: str
    busy: bool


class LogEntry(Answer):
    """An entry of the log, as far as the reader may know it."""

    seq: int
    id: str
    at_ms: int
    org: str
    kind: str
    by: str = ""
    why: str = ""
    body: dict[str, Any] = {}


class MovementFacts(Answer):
    """A movement and where its recipients stand, by their short names."""

    id: str
    title: str
    stage: str
    revision: int
    replies: dict[str, str]
    overdue: tuple[str, ...]


class Fault(Answer):
    """What cannot be done, in one sentence; `field` where it is one field."""

    error: str
    field: str = ""

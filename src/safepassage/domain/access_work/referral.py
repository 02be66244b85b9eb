"""Referral records: what is passed on to the actor responsible, with consent, and no more than it needs.

No field holds a name, a birth date, a telephone, a nationality or a religion. A person is a token that
stands on a slip or card the person keeps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement.particulars import check_id
from safepassage.domain.movement.words import Channel

_TOKEN = re.compile(r"[A-Z]{1,3}-[0-9]{3,6}")
_LONGEST = 500


class ReferralKind(StrEnum):
    """What is passed on; incidents against civilians are passed on from the ledger of claims."""

    MEDICAL = "medical"
    CHILD = "child"
    DEAD = "dead"
    EXPLOSIVE_HAZARD = "explosive_hazard"
    TRACING = "tracing"


class Triage(StrEnum):
    """How soon help is needed."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"
    MINOR = "minor"
    EXPECTANT = "expectant"


class AgeBand(StrEnum):
    """Age of a child, no finer than care needs."""

    UNDER_3 = "0-2"
    UNDER_6 = "3-5"
    UNDER_12 = "6-11"
    UNDER_15 = "12-14"
    UNDER_18 = "15-17"


class Basis(StrEnum):
    """On what basis it may be passed on (the ICRC's handbook on data protection names these)."""

    PERSON_AGREED = "person_agreed"
    GUARDIAN_AGREED = "guardian_agreed"
    VITAL_INTEREST = "vital_interest"
    NO_PERSONAL_DATA = "no_personal_data"


NEEDS = (
    "stretcher", "wheelchair", "oxygen", "dialysis", "maternity", "insulin", "surgery", "burns", "infection",
    "mental_health", "carer",
)  # fmt: skip
"""What a medical evacuation has to provide."""
HOLDS: Mapping[ReferralKind, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        ReferralKind.MEDICAL: (
            frozenset({"triage", "place"}),
            frozenset({"token", "needs", "persons", "text"}),
        ),
        ReferralKind.CHILD: (
            frozenset({"token", "age_band", "place"}),
            frozenset({"accompanied_by", "language", "text"}),
        ),
        ReferralKind.DEAD: (frozenset({"place", "persons"}), frozenset({"token", "text"})),
        ReferralKind.EXPLOSIVE_HAZARD: (
            frozenset({"place", "text"}),
            frozenset({"marked", "lat_e7", "lon_e7"}),
        ),
        ReferralKind.TRACING: (frozenset({"token"}), frozenset({"place", "language", "text"})),
    }
)
"""Kind to the fields that it needs and may hold; every other field stays empty."""
BASES: Mapping[ReferralKind, frozenset[Basis]] = MappingProxyType(
    {
        ReferralKind.MEDICAL: frozenset({Basis.PERSON_AGREED, Basis.GUARDIAN_AGREED, Basis.VITAL_INTEREST}),
        ReferralKind.CHILD: frozenset({Basis.GUARDIAN_AGREED, Basis.VITAL_INTEREST}),
        ReferralKind.DEAD: frozenset({Basis.NO_PERSONAL_DATA}),
        ReferralKind.EXPLOSIVE_HAZARD: frozenset({Basis.NO_PERSONAL_DATA}),
        ReferralKind.TRACING: frozenset({Basis.PERSON_AGREED, Basis.GUARDIAN_AGREED}),
    }
)
"""Kind to the bases on which it may be passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One record for one recipient and purpose.

    Raises
    ------
    ValueError
        When a field is missing, or one is filled that this kind does not need.
    """

    kind: ReferralKind
    recipient: str
    purpose: str
    basis: Basis
    document: str = ""
    token: str = ""
    place: str = ""
    persons: int = 0
    triage: Triage | None = None
    needs: tuple[str, ...] = ()
    age_band: AgeBand | None = None
    accompanied_by: tuple[str, ...] = ()
    language: str = ""
    marked: bool | None = None
    lat_e7: int | None = None
    lon_e7: int | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if not self.recipient.strip() or not self.purpose.strip():
            raise ValueError("a referral is for one recipient and one purpose")
        if self.basis not in BASES[self.kind]:
            words = ", ".join(sorted(BASES[self.kind]))
            raise ValueError(f"{self.kind.value} is passed on on the basis of {words}")
        if self.basis in {Basis.PERSON_AGREED, Basis.GUARDIAN_AGREED} and not self.document.strip():
            raise ValueError("consent has the number of its paper")
        needed, allowed = HOLDS[self.kind]
        missing = sorted(name for name in needed if not getattr(self, name))
        if missing:
            raise ValueError(f"a {self.kind.value} referral says its {missing[0].replace('_', ' ')}")
        every = {name for pair in HOLDS.values() for part in pair for name in part}
        extra = sorted(n for n in every - needed - allowed if getattr(self, n) not in ("", (), None, 0))
        if extra:
            raise ValueError(f"a {self.kind.value} referral holds no {extra[0].replace('_', ' ')}")
        _check_values(self)


def _check_values(one: Referral) -> None:
    for token in (*((one.token,) if one.token else ()), *one.accompanied_by):
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{token!r} is no token: it is as on a slip, A-0001")
    unknown = sorted(set(one.needs) - set(NEEDS))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no need of the list: {', '.join(NEEDS)}")
    if one.persons < 0 or len(one.text) > _LONGEST:
        raise ValueError(f"persons are counted from 0, and a text has at most {_LONGEST} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMade:
    """A referral was written down."""

    referral: str
    at_utc_s: int
    record: Referral

    def __post_init__(self) -> None:
        check_id(self.referral, "a referral")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralHanded:
    """It was handed to its recipient, who took it."""

    referral: str
    at_utc_s: int
    channel: Channel
    person: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralClosed:
    """What became of it, without a word on the person."""

    referral: str
    at_utc_s: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralState:
    """Where a referral stands; `record` is None where its key was deleted or is another office's."""

    id: str
    kind: str
    recipient: str
    made_utc_s: int
    record: Referral | None
    handed: ReferralHanded | None = None
    closed: ReferralClosed | None = None

    def waiting_s(self, now_utc_s: int) -> int | None:
        """Return for how long nobody has taken it."""
        return (
            None
            if self.handed is not None or self.closed is not None
            else max(0, now_utc_s - self.made_utc_s)
        )


def after(state: ReferralState | None, event: ReferralHanded | ReferralClosed) -> ReferralState:
    """Return a referral after it was handed over or closed.

    Raises
    ------
    TransitionError
        When there is none, it is closed, or nobody took it.
    """
    if state is None:
        raise TransitionError("that", f"there is no referral {event.referral}", "write it down first")
    if state.closed is not None:
        raise TransitionError("that", f"{event.referral} is closed", "write down a new one")
    if isinstance(event, ReferralClosed):
        return replace(state, closed=event)
    if not event.person.strip():
        raise TransitionError("handing over", "it does not say who took it", "name the function")
    return replace(state, handed=event)

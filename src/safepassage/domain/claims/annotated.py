"""A report with what a careful reader marked in it: the gold that reading is measured against."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.claims.values import Chain, Quantity, Report, Span, TimeSpan
from safepassage.domain.claims.words import Modality, Polarity

KINDS = frozenset(
    {
        "clause", "inverted", "quotation", "continuation", "according_to", "participial", "relay", "relative",
        "nominal", "intention", "colon", "passive", "phrasal", "adjective", "own",
    }
)  # fmt: skip
"""How an attribution is put: the frames of the published scheme (PolNeAR guidelines) and what our styles add.

`own` is the outlet speaking for itself without a word of saying: kept, and not counted as found or missed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedAttribution:
    """Who (source), by which words (cue), says what (content); spans in the order of the text.

    No source span means that the source is implied; the chain names it all the same. `predicate` is the slot
    of the claim inside ("" where there is none); claims about forces have a predicate that begins `forces.`.
    """

    number: int
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    chain: Chain
    kind: str
    modality: Modality
    predicate: str = ""
    polarity: Polarity = Polarity.AFFIRMED

    def __post_init__(self) -> None:
        if not self.content:
            raise ValueError(f"attribution {self.number} has no content (X{self.number})")
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of attribution")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPlace:
    """A name in the text; `key` is the gazetteer row it means: `Name`, or `Name@region` among homonyms.

    A metonym (a capital that stands for its government) has the key "".
    """

    span: Span
    key: str

    @property
    def metonym(self) -> bool:
        """Tell whether the name stands for a government and has no position."""
        return not self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedQuantity:
    """A number with its unit, at its place."""

    span: Span
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedTime:
    """A time, at its place."""

    span: Span
    time: TimeSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedReport:
    """A report with its attributions, numbers, places, times, contradictions (pairs of numbers) and gaps."""

    id: str
    style: str
    report: Report
    attributions: tuple[MarkedAttribution, ...] = ()
    quantities: tuple[MarkedQuantity, ...] = ()
    places: tuple[MarkedPlace, ...] = ()
    times: tuple[MarkedTime, ...] = ()
    gaps: tuple[Span, ...] = ()
    contradictions: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        known = {attribution.number for attribution in self.attributions}
        for pair in self.contradictions:
            if not set(pair) <= known:
                raise ValueError(
                    f"the contradiction {pair[0]} {pair[1]} names an attribution that is not there"
                )

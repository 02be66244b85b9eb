"""Values of a claim: spans, quantities, places, times, chains and grades. Checked where they are made."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from safepassage.domain.claims.words import Medium, OriginKind, PlacePrecision, TimePrecision

SOURCE_LETTERS = "ABCDEF"
LEAST_INFORMATION = 6
DEGREE_E7 = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A message as it was received, word for word; its id is the hash of outlet and text.

    `published` and `received` are ISO 8601 times, `received` in UTC; `language` is a BCP 47 tag ("" unknown).
    """

    outlet: str
    text: str
    published: str
    received: str
    language: str = ""
    medium: Medium = Medium.UNKNOWN
    url: str = ""

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the text (UTF-8)."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def id(self) -> str:
        """Return the name of the report in the ledger: the same post received twice is one report."""
        return f"r-{hashlib.sha256(f'{fold(self.outlet)}|{self.text}'.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Words of a report at code-point offsets [start, end), verbatim.

    Raises
    ------
    ValueError
        When the text is not as long as its offsets say.
    """

    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if self.start < 0 or self.end - self.start != len(self.text):
            raise ValueError("a span must hold exactly the text between its offsets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A stated number as an interval with its unit; None where it has no bound ("over 2,000").

    Raises
    ------
    ValueError
        When both bounds are missing, one is no finite number, or they are the wrong way round.
    """

    low: float | None
    high: float | None
    unit: str
    text: str

    def __post_init__(self) -> None:
        # A number is one number, however it was given: 2000 and 2000.0 are written alike.
        for name in ("low", "high"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else float(value))
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not bounds or not all(math.isfinite(bound) for bound in bounds):
            raise ValueError("a quantity needs at least one finite bound")
        if bounds != sorted(bounds):
            raise ValueError("the lower bound of a quantity must not exceed the upper one")

    def __str__(self) -> str:
        return interval_text(self.low, self.high, self.unit)

    def overlaps(self, other: Quantity) -> bool:
        """Tell whether both could be the same number; quantities of different units never are."""
        if self.unit != other.unit:
            return False
        low = max(-math.inf if q.low is None else q.low for q in (self, other))
        high = min(math.inf if q.high is None else q.high for q in (self, other))
        return low <= high


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReference:
    """A place that a claim names, with how exactly; a capital that stands for a government has no position.

    Positions are degrees × 10⁷, None where the name is not resolved. `selector` names a stretch of road or a
    place of the case in the words of a road status ("link:r002", "place:x-yunakivka").

    Raises
    ------
    ValueError
        When a metonym has a position or a selector, or only one coordinate is given or one is off the globe.
    """

    name: str
    precision: PlacePrecision
    lat_e7: int | None = None
    lon_e7: int | None = None
    metonym: bool = False
    selector: str = ""

    def __post_init__(self) -> None:
        if (self.lat_e7 is None) != (self.lon_e7 is None):
            raise ValueError("a position needs both coordinates")
        if self.metonym and (self.lat_e7 is not None or self.selector):
            raise ValueError("a name that stands for a government has no position")
        if abs(self.lat_e7 or 0) > 90 * DEGREE_E7 or abs(self.lon_e7 or 0) > 180 * DEGREE_E7:
            raise ValueError("a position must lie on the globe")

    @property
    def key(self) -> str:
        """Return what tells places apart when claims are compared: the selector, else the folded name."""
        return self.selector or fold(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """When a claim says something was so: [from_utc_s, until_utc_s) in Unix seconds; None is open.

    Raises
    ------
    ValueError
        When it ends before it begins.
    """

    from_utc_s: int | None
    until_utc_s: int | None
    precision: TimePrecision
    text: str = ""

    def __post_init__(self) -> None:
        if (
            self.from_utc_s is not None
            and self.until_utc_s is not None
            and self.until_utc_s < self.from_utc_s
        ):
            raise ValueError("a time span must not end before it begins")

    def overlaps(self, other: TimeSpan) -> bool:
        """Tell whether there is a second that both could mean."""
        start = max(-math.inf if t.from_utc_s is None else t.from_utc_s for t in (self, other))
        end = min(math.inf if t.until_utc_s is None else t.until_utc_s for t in (self, other))
        return start < end


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of an attribution chain: somebody who passes words on, or from whom they come.

    Private persons are named by function only ("a resident of Sudzha"). `side` is the party spoken for, "".
    """

    name: str
    kind: OriginKind = OriginKind.UNKNOWN
    side: str = ""
    medium: Medium = Medium.UNKNOWN
    cue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """From the outlet to the origin: who says that who says it. The last link is the origin.

    Raises
    ------
    ValueError
        When it has no link.
    """

    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        if not self.links:
            raise ValueError("a chain needs at least the outlet")

    @property
    def origin(self) -> Link:
        """Return whose word it is in the end."""
        return self.links[-1]

    @property
    def relays(self) -> int:
        """Return how many passed the words on."""
        return len(self.links) - 1

    def __str__(self) -> str:
        names = [link.name for link in self.links]
        return ", citing ".join(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGrade:
    """How reliable the source is, A to F, and who says so (Admiralty code, STANAG 2511)."""

    letter: str = "F"
    set_by: str = "default"

    def __post_init__(self) -> None:
        if len(self.letter) != 1 or self.letter not in SOURCE_LETTERS:
            raise ValueError("a source grade is a letter from A to F")


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationGrade:
    """How credible the information is, 1 to 6, and who says so; independent of the source's letter."""

    number: int = LEAST_INFORMATION
    set_by: str = "default"

    def __post_init__(self) -> None:
        if not 1 <= self.number <= LEAST_INFORMATION:
            raise ValueError("an information grade is a number from 1 to 6")


_SQUARES = {"km2": "km²", "m2": "m²", "mi2": "mi²"}
"""Units whose name in files is plain letters, as people read them."""


def interval_text(low: float | None, high: float | None, unit: str) -> str:
    """Return an interval in a few signs ("800–1,000 km²", "at least 2,000 persons"), "" without a bound."""
    unit = _SQUARES.get(unit, unit)
    if low is None or high is None:
        bound = high if low is None else low
        return "" if bound is None else f"{'at most' if low is None else 'at least'} {bound:,.10g} {unit}"
    return f"{low:,.10g} {unit}" if low == high else f"{low:,.10g}–{high:,.10g} {unit}"


@lru_cache(maxsize=65_536)
def fold(words: str) -> str:
    """Return words without case, accents and double spaces, for comparisons only."""
    if words.isascii():
        return " ".join(words.casefold().split())
    plain = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())

"""What claims say about a plan, as people read it: versions side by side, gaps, hazard, ages and ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from safepassage.domain.claims.conflict import titled
from safepassage.domain.claims.values import interval_text
from safepassage.domain.release import Release
from safepassage.formats.facts.evidence_facts import grade_in_words, in_percent
from safepassage.formats.facts.local_clock import LocalClock, instant

HOURS_SHOWN = 48
MOST_SURE_PPM = 990_000
SAID = {"no": "said not to be so", "yes": "said to be so"}
LESS = {
    "accepted": "accepted by a person",
    "proposed": "nobody has reviewed it",
    "unverifiable": "held to be unverifiable",
    "rejected": "rejected",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """One version of a contested thing: what is said, by whom, through whom, how old."""

    said: str
    origin: str
    outlets: str
    words: str
    age: str
    ids: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictFacts:
    """Versions that cannot all be true, none before the other; `estimate` is "" where there is no number."""

    title: str
    versions: tuple[VersionFacts, ...]
    asserted: str
    estimate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFacts:
    """A question that a report left open."""

    question: str
    outlet: str
    age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardFacts:
    """A harmful event: how probable, what that is for travellers at the worst hour, and on whose word."""

    id: str
    what: str
    probability: str
    hazard: str
    standing: str
    origins: str
    ids: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureFacts:
    """A road that claims close, and the claims that would open it and have no effect."""

    road: str
    words: str
    ids: str
    against: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """One claim of the ledger, with its chain, grade and age."""

    id: str
    words: str
    chain: str
    grade: str
    letters: str
    standing: str
    age: str
    effect: str


def age_in_words(published: str, as_of: str) -> str:
    """Return how old a report was: "3 h old", "6 days old"; "age not known" without a time."""
    try:
        end = instant(as_of)
        start = instant(published)
    except ValueError:
        return "age not known"
    if len(published) <= len("2024-08-16"):
        days = (end.date() - start.date()).days
        return "of the same day" if days <= 0 else f"{days} day{'' if days == 1 else 's'} old"
    hours = max(0, (end - start) // timedelta(hours=1))
    if hours == 0:
        return "less than an hour old"
    return f"{hours} h old" if hours <= HOURS_SHOWN else f"{hours // 24} days old"


class ClaimsFacts:
    """Reads what a release says of claims; all lists are empty where it says nothing."""

    def __init__(self, release: Release, clock: LocalClock) -> None:
        self._document: Mapping[str, Any] = release.claims
        self._clock = clock
        self._claims = {row["id"]: row for row in self._document.get("claims", ())}
        self._as_of = local_time(self._document["as_of"], clock) if self._document else ""

    def __bool__(self) -> bool:
        return bool(self._document)

    @property
    def without(self) -> str:
        """What the plan left out, "" where it left out nothing."""
        return ", ".join(self._document.get("without", ()))

    def conflicts(self) -> tuple[ConflictFacts, ...]:
        """Return every contested slot, all versions in alphabetical order of their origins."""
        return tuple(self._conflict(row) for row in self._document.get("conflicts", ()))

    def _conflict(self, row: Mapping[str, Any]) -> ConflictFacts:
        estimate = row["estimate"]
        unit = estimate["unit"] if estimate else ""
        return ConflictFacts(
            title=titled(f"{row['predicate']}{_as_claimed(row)}", row["name"]),
            versions=tuple(self._version(version) for version in row["versions"]),
            asserted=interval_text(row["asserted_low"], row["asserted_high"], unit) if estimate else "",
            estimate=interval_text(_rounded(estimate["low"]), _rounded(estimate["high"]), unit)
            if estimate else "",
        )  # fmt: skip

    def _version(self, version: Mapping[str, Any]) -> VersionFacts:
        side = f" ({version['side']})" if version["side"] else ""
        said, word = interval_text(version["low"], version["high"], version["unit"]), version["said"]
        return VersionFacts(
            said=said or SAID.get(word, word.replace("_", " ").lower()),
            origin=f"{version['origin']}{side}",
            outlets=", ".join(version["outlets"]), words=version["words"],
            age=self._age(version["claims"][0]), ids=", ".join(version["claims"]),
        )  # fmt: skip

    def gaps(self) -> tuple[GapFacts, ...]:
        """Return the open questions: what was not reported is neither good nor bad news."""
        return tuple(
            GapFacts(
                question=row["question"], outlet=row["outlet"],
                age=age_in_words(local_time(row["published"], self._clock), self._as_of),
            )
            for row in self._document.get("gaps", ())
        )  # fmt: skip

    def hazards(self) -> tuple[HazardFacts, ...]:
        """Return the events, those a person accepted first, the gravest first."""
        rows = sorted(
            self._document.get("events", ()), key=lambda e: (not e["reviewed"], -_worst(e)[2], e["id"])
        )
        return tuple(self._hazard(row) for row in rows)

    def _hazard(self, row: Mapping[str, Any]) -> HazardFacts:
        low, central, high = row["belief_ppm"]
        known = f"{_surely(low)} – {_surely(central)} – {_surely(high)}"
        standing = "accepted by a person" if row["reviewed"] else "not reviewed: precautionary layer only"
        return HazardFacts(
            id=str(row["id"]), what=f"{row['predicate'].replace('_', ' ').capitalize()} near {row['place']}",
            probability=known if row["reviewed"] else f"not weighed, taken as {in_percent(high)} at most",
            hazard=" / ".join(in_percent(ppm) for ppm in _worst(row)),
            standing=f"{standing}; contested" if row["contested"] else standing,
            origins="; ".join(row["origins"]), ids=", ".join(row["claims"]),
        )  # fmt: skip

    def closures(self) -> tuple[ClosureFacts, ...]:
        """Return the closures by claims."""
        return tuple(
            ClosureFacts(
                road=next((p for p in self._claims[row["claims"][0]]["places"]), row["selector"]),
                words=self._claims[row["claims"][0]]["words"], ids=", ".join(row["claims"]),
                against=", ".join(row["against"]),
            )
            for row in self._document.get("closures", ())
        )  # fmt: skip

    def withdrawals(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return (ids, words, what becomes of the plan) of the claims without which it was made again."""
        return tuple(
            (", ".join(row["claims"]), self._claims[row["claims"][0]]["words"], tuple(row["lines"]))
            for row in self._document.get("withdrawals", ())
        )

    def layers(self) -> Mapping[str, Any]:
        """Return whether the corridors hold in every layer of hazard, empty where nobody asked."""
        found: Mapping[str, Any] = self._document.get("layers", {})
        return found

    def zones(self) -> tuple[Mapping[str, Any], ...]:
        """Return the zones with several versions, and whether the plan is the same under each."""
        return tuple(self._document.get("zones", ()))

    def claims(self) -> tuple[ClaimFacts, ...]:
        """Return every claim that counts, the newest first, with what it does in this plan."""
        effects = self._effects()
        rows = [row for row in self._claims.values() if row["counts"]]
        newest = sorted(rows, key=lambda row: (row["published"], row["id"]), reverse=True)
        return tuple(
            ClaimFacts(
                id=row["id"], words=row["words"], chain=" ← ".join(reversed(row["chain"])),
                grade=grade_in_words(row["grade"]), letters=row["grade"], standing=LESS[row["decision"]],
                age=self._age(row["id"]), effect=effects.get(row["id"], _no_effect(row)),
            )
            for row in newest
        )  # fmt: skip

    def _effects(self) -> dict[str, str]:
        found = dict(self._effect_rows())
        for row in self._document.get("withdrawals", ()):
            for name in row["claims"]:
                found[name] = f"{found.get(name, '')}; the plan was made again without it".removeprefix("; ")
        return found

    def _effect_rows(self) -> Iterator[tuple[str, str]]:
        for row in self._document.get("unplaced", ()):
            yield row["claim"], f"not assessed: {row['reason']}"
        for row in self._document.get("events", ()):
            layer = "raises hazard" if row["reviewed"] else "raises the precautionary layer only"
            yield from ((name, layer) for name in row["claims"])
        for row in self._document.get("closures", ()):
            yield from ((name, "closes a road") for name in row["claims"])
            yield from ((name, "no effect: no claim opens a road") for name in row["against"])

    def _age(self, claim: str) -> str:
        return age_in_words(local_time(self._claims[claim]["published"], self._clock), self._as_of)


def local_time(iso: str, clock: LocalClock) -> str:
    """Return the local time of an instant; a time without an offset is local already, as reports state it."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if moment.tzinfo is None:
        return iso
    shifted = moment.astimezone(UTC) + timedelta(seconds=clock.zones[0].offset_s)
    return shifted.replace(tzinfo=None).isoformat()


def _surely(ppm: int) -> str:
    """Say a probability; what is believed of reports is never certain."""
    return "over 99 %" if ppm > MOST_SURE_PPM else in_percent(ppm)


def _as_claimed(row: Mapping[str, Any]) -> str:
    """Return what a title adds where claims about forces differ: their figures are nothing but claims."""
    return ", as claimed" if all(c.startswith("f-") for v in row["versions"] for c in v["claims"]) else ""


def _no_effect(row: Mapping[str, Any]) -> str:
    return "shown only" if row["about"] == "civilians" else "shown only: about forces, never on a map"


def _worst(row: Mapping[str, Any]) -> tuple[int, int, int]:
    """Return (low, central, high) ppm of an event at its worst hour."""
    low, central, high = max((slice_[2:] for slice_ in row["slices"]), key=lambda v: (v[2], v[1], v[0]))
    return low, central, high


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")

"""What a plan rests on, in plain words: whose report it is, how it is graded, how old it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.domain.case import AreaKind
from safepassage.domain.map_layers import MapArea, MapLayers
from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.register import Register

# The Admiralty system (AJP-2.1): two independent axes, in words.
_SOURCE = {
    "A": "completely reliable source",
    "B": "usually reliable source",
    "C": "fairly reliable source",
    "D": "not usually reliable source",
    "E": "unreliable source",
    "F": "reliability of source cannot be judged",
}
_INFORMATION = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
_STATUS = {
    "announced_unilaterally": "announced by one side only, not agreed",
    "proposed": "proposed, not agreed",
    "agreed_in_principle": "agreed in principle, details open",
    "agreed_in_detail": "agreed in detail",
    "in_force": "in force",
    "suspended": "suspended",
    "expired": "expired",
    "violated_claimed": "said by a party to have been violated",
}
PERCENT_PPM = 10_000
TEN_PERCENT_PPM = 10 * PERCENT_PPM
_FADING = "claim:"
"""How ids of rows begin that were made from claims."""
_KINDS = {
    "report": "Reports",
    "status": "Road and border statuses",
    "arrangement": "Arrangements and announcements",
    "hazard": "Reported hazard",
    "area": "Areas",
    "road_status": "Road statuses",
    "area_shown_only": "Areas, shown only",
    "arrangement_shown_only": "Arrangements and announcements, shown only",
    "assumption": "Assumptions",
    "setting": "Settings",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisRow:
    """One thing the plan rests on."""

    text: str
    source: str
    grade: str
    letters: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """One area on the map, and whose word it is."""

    name: str
    word: str
    purposes: str
    grade: str
    letters: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One modification of the baseline network."""

    text: str
    source: str
    roads: str
    window: str


def grade_in_words(grade: str) -> str:
    """Say a grade such as ``C3`` in words; anything else is left as it is."""
    letter, figure = grade[:1], grade[1:]
    words = [words for words in (_SOURCE.get(letter), _INFORMATION.get(figure)) if words]
    return "; ".join(words) if words and len(grade) <= len("C3") else grade


def status_in_words(status: str) -> str:
    """Say the status of an arrangement in words."""
    return _STATUS.get(status, status.replace("_", " "))


def agreement(status: str) -> str:
    """Say only how far something announced is agreed; who announced it stands beside."""
    return "not agreed" if status == "announced_unilaterally" else status_in_words(status)


def time_in_words(clock: LocalClock, iso: str) -> str:
    """Write an ISO time with its day in local time; a text that is none is left as it is."""
    try:
        seconds = clock.seconds(iso)
    except ValueError:
        return iso
    if len(iso) <= len("2024-08-16"):
        return clock.day(seconds - clock.zones[0].offset_s)
    return f"{clock.day(seconds)}, {clock.moment(seconds).rsplit(' ', 1)[-1]}"


def basis(release: Release, clock: LocalClock) -> dict[str, tuple[BasisRow, ...]]:
    """Return what the plan rests on by kind, in the order in which the kinds appear."""
    found: dict[str, list[BasisRow]] = {}
    for row in first_slices(release.plan["basis"]):
        heading = _KINDS.get(row["kind"], row["kind"].replace("_", " ").capitalize())
        found.setdefault(heading, []).append(
            BasisRow(
                text=row["text"],
                source=row["source"],
                grade=grade_in_words(row["grade"]),
                letters=row["grade"],
                as_of=time_in_words(clock, row["as_of"]),
            )
        )
    return {heading: tuple(rows) for heading, rows in found.items()}


def first_slices(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield rows, of a hazard that fades only its first and strongest slice, from there to the end."""
    last = {_event_of(row["id"]): row for row in rows}
    seen = set[str]()
    for row in rows:
        event = _event_of(row["id"])
        if not event.startswith(_FADING) or event not in seen:
            yield {**row, "to_s": last[event]["to_s"]} if "to_s" in row else row
        seen.add(event)


def _event_of(name: str) -> str:
    return name.rpartition(":")[0] if name.startswith(_FADING) and "|" in name else name


def whose_word(shown: MapArea) -> str:
    """Say whose word an area is; zones say how far they are agreed."""
    if shown.kind in {AreaKind.ANNOUNCED_ZONE, AreaKind.PROTECTED_ZONE}:
        by = f"announced by {shown.announced_by or shown.source}"
        return f"{by}; {agreement(shown.status)}" if shown.status else by
    return f"reported by {shown.source}"


def layer_in_words(shown: MapArea) -> str:
    """Say what an area of hazard means for travellers, as a range, and in which layers it counts."""
    if shown.hazard_ppm is None:
        return ""
    if not shown.reviewed:
        return f"; not reviewed, precautionary layer only: up to {in_percent(shown.hazard_ppm[2])}"
    low, central, high = (in_percent(ppm) for ppm in shown.hazard_ppm)
    return f"; {low} / {central} / {high} (optimistic / expected / precautionary)"


def in_percent(ppm: int) -> str:
    """Say a probability in per cent, in two digits."""
    return f"{ppm / PERCENT_PPM:.2g} %" if ppm < TEN_PERCENT_PPM else f"{ppm / PERCENT_PPM:.0f} %"


def areas(layers: MapLayers, clock: LocalClock) -> tuple[AreaRow, ...]:
    """Return the areas of the map in words."""
    return tuple(
        AreaRow(
            name=area.name,
            word=f"{whose_word(area)}{layer_in_words(area)}",
            purposes=area.purposes,
            grade=grade_in_words(area.grade),
            letters=area.grade,
            as_of=time_in_words(clock, area.as_of),
        )
        for area in layers.areas
    )


def changes(release: Release, register: Register, clock: LocalClock, *, used: bool) -> tuple[ChangeRow, ...]:
    """Return the modifications of the baseline that the plan uses, or those that are only shown."""
    rows = [row for row in release.plan["modifications"] if row["used"] is used]
    return tuple(_change(row, release, register, clock) for row in first_slices(rows))


def _change(row: Mapping[str, Any], release: Release, register: Register, clock: LocalClock) -> ChangeRow:
    names = register.roads(row["arcs"][:200])
    throughout = row["from_s"] <= 0 and row["to_s"] >= release.plan["horizon_s"]
    window = f"{clock.moments(row['from_s'])} – {clock.moments(row['to_s'])}"
    return ChangeRow(
        text=row["text"],
        source=row["source"],
        roads=names if len(names) <= 120 else f"{len(row['arcs'])} stretches of road",  # noqa: PLR2004
        window="whole planning time" if throughout else window,
    )


def not_assessed(release: Release) -> list[Mapping[str, Any]]:
    """Return what nobody looked at; the audit is not among it where its sheet goes with the plan."""
    audited = bool(release.audit)
    return [
        row for row in release.plan["not_assessed"] if not (audited and row["code"] == "LAW_AND_STANDARDS")
    ]

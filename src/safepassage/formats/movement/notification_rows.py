"""A copy of a notification as text and tables in three languages: what every document is set from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from safepassage.domain.movement.copies import NotificationCopy
from safepassage.domain.movement.form import BY_NUMBER, Label
from safepassage.domain.movement.form_words import HEADINGS, WORDS
from safepassage.domain.movement.particulars import TimeZone
from safepassage.domain.movement.words import MovementKind
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.log.log_record import thawed

_E7 = 10_000_000
_TIME = "_utc_s"
_WORDED = {"category", "kind", "shape", "role", "status", "answer", "standing", "outcome", "said", "type"}
_BARE = {"kind", "shape", "until", "at", "said", "answer", "standing"}
"""Parts that say by themselves what they are."""
_ANSWERS = {str(number) for number in range(30, 36)}
_BY_HAND = "_" * 40
"""Where a recipient who has nothing but paper writes when it read this, who it is, and what it answers."""
_ONE_ROW = {str(number) for number in range(28, 36)}
"""Fields that are a table in the form of the office, and a line in the copy of one recipient."""
_WEIGHTS = {
    "name": 15,
    "kind": 14,
    "item": 15,
    "category": 20,
    "type": 15,
    "text": 20,
    "count": 7,
    "persons": 8,
}
_NUMBERS = {"persons", "quantity", "weight_kg", "count"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One field: number and label in three languages, then lines of text, or a table with its heads.

    `numbers` are the columns that hold numbers, `weights` how wide each column is beside the others.
    """

    number: str
    label: Label
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    """A copy ready to be set: stamp on every page, headings, the sentence that goes with it, the sections."""

    stem: str
    title: str
    stamp: tuple[str, ...]
    running: str
    foot: str
    heading: Label
    statement: Label
    legend: str
    sections: tuple[Section, ...]


def page(given: NotificationCopy) -> NotificationPage:
    """Return a copy as a page."""
    clock = Clock(given.zones)
    name = given.recipient.name if given.recipient is not None else "own office"
    heading = HEADINGS["cancellation" if given.cancellation else given.kind.value]
    copy = HEADINGS["copy"].en
    return NotificationPage(
        stem=stem(given),
        title=f"{given.movement}, revision {given.revision}",
        stamp=(given.sensitivity.name, *(("EXERCISE",) if given.exercise else ()), f"{copy} {name}"),
        running=f"{given.movement} · revision {given.revision}",
        foot=f"{copy} {name} · revision {given.revision} · valid until {clock.both(given.valid_until_utc_s)}",
        heading=heading,
        statement=HEADINGS["agreement" if given.kind is MovementKind.AGREED else "information"],
        legend=clock.legend,
        sections=tuple(
            _section(number, given.fields[number], clock)
            if number in given.fields
            else Section(number=number, label=one.label, lines=(_BY_HAND if number in _ANSWERS else "–",))
            for number, one in BY_NUMBER.items()
            if number in given.fields or number in given.blank
        ),
    )


def stem(given: NotificationCopy) -> str:
    """Return how the files of a copy are named, without their endings."""
    to = given.recipient.id if given.recipient is not None else "form"
    gone = "-cancelled" if given.cancellation else ""
    return f"{given.sensitivity.name}-{given.movement}-r{given.revision}-{to}{gone}"


class Clock:
    """Writes times in the zones of a movement and in UTC."""

    def __init__(self, zones: Sequence[TimeZone]) -> None:
        rows = [{"label": zone.label, "offset_s": zone.offset_s} for zone in zones]
        self._clock = LocalClock.of(
            {"epoch": datetime.fromtimestamp(0, tz=UTC).isoformat(), "time_zones": rows}
        )

    @property
    def legend(self) -> str:
        """Whose times are printed."""
        zones = self._clock.zones
        if [zone.label for zone in zones] == ["UTC"]:
            return "Times are UTC (Z)."
        return f"{self._clock.legend}, then UTC (Z)."

    def both(self, utc_s: int) -> str:
        """Return a time as local text and UTC."""
        local = [self._clock.local_text(utc_s, zone) for zone in self._clock.zones if zone.offset_s]
        utc = datetime.fromtimestamp(utc_s, tz=UTC).strftime("%H:%MZ" if local else "%Y-%m-%d %H:%MZ")
        return " / ".join([*local, utc])


def word(text: str) -> str:
    """Return a word of the form in three languages, or any other text as it is."""
    label = WORDS.get({"standing": "standing_word", "phone": "phone_channel"}.get(text, text))
    if label is None:
        return text.replace("_", " ") if text.isascii() and "_" in text else text
    return " / ".join(dict.fromkeys((label.en, label.ru, label.uk)))


def _head(key: str) -> str:
    label = WORDS.get(key)
    return (
        key.replace("_", " ") if label is None else " / ".join(dict.fromkeys((label.en, label.ru, label.uk)))
    )


def _section(number: str, value: Any, clock: Clock) -> Section:
    one = BY_NUMBER[number]
    plain = thawed(value)
    if isinstance(plain, list) and plain and all(isinstance(row, Mapping) for row in plain):
        rows = [_cells(row, clock) for row in plain]
        if number in _ONE_ROW and "recipient" not in rows[0]:
            lines = ["; ".join(_named(key, text) for key, text in row.items()) for row in rows]
            return Section(number=number, label=one.label, lines=tuple(lines))
        return _table(number, one.label, rows)
    lines = _lines(plain, clock)
    return Section(number=number, label=one.label, lines=tuple(lines))


def _named(key: str, text: str) -> str:
    return text if key in _BARE else f"{_head(key)}: {text}"


def _lines(plain: Any, clock: Clock) -> list[str]:
    if isinstance(plain, Mapping):
        cells = _cells(plain, clock)
        if set(cells) == {"from", "until"}:
            return [f"{cells['from']} – {cells['until']}"]
        if set(cells) <= _BARE:
            return list(cells.values())
        return [_named(key, text) for key, text in cells.items()]
    if isinstance(plain, list):
        return [str(item) for item in plain]
    return [word(str(plain))]


def _cells(row: Mapping[str, Any], clock: Clock) -> dict[str, str]:
    """Return the parts of a row as text: times in local and UTC, positions in one cell."""
    cells: dict[str, str] = {}
    for key, value in row.items():
        if key == "lon_e7":
            continue
        if key == "lat_e7":
            cells["position"] = f"{value / _E7:.4f}, {row['lon_e7'] / _E7:.4f}"
        elif key.endswith(_TIME):
            cells[key.removesuffix(_TIME)] = clock.both(value)
        else:
            cells[key] = word(str(value)) if key in _WORDED else f"{value}"
    return cells


def _table(number: str, label: Label, rows: list[dict[str, str]]) -> Section:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if keys == ["said"]:
        return Section(number=number, label=label, lines=tuple(row["said"] for row in rows))
    return Section(
        number=number,
        label=label,
        heads=tuple(_head(key) for key in keys),
        rows=tuple(tuple(row.get(key, "") for key in keys) for row in rows),
        numbers=tuple(i for i, key in enumerate(keys) if key in _NUMBERS),
        weights=tuple(_WEIGHTS.get(key, 10) for key in keys),
    )

"""What sheets for drivers, settlements and sites say by language, and how they write numbers and times."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from safepassage.domain.case import Group
from safepassage.formats.facts.local_clock import LocalClock, Zone

_KM_M = 1_000
_NEAR_STEP_M = 50
_MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTexts:
    """The sentences of one language by their key; every language has the same keys."""

    language: str
    words: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its blanks filled in."""
        sentence: str = self.words[key]
        return sentence.format(**values)

    def heads(self, key: str) -> tuple[str, ...]:
        """Return the heads of a table, or another list of sentences."""
        return tuple(self.words[key])

    def distance(self, metres: int) -> str:
        """Return a distance as a driver reads it: tenths of a kilometre, below one steps of 50 m."""
        if metres < _KM_M:
            return self.say("metres", metres=max(_NEAR_STEP_M, round(metres / _NEAR_STEP_M) * _NEAR_STEP_M))
        return self.say("km", km=f"{metres / _KM_M:.1f}".replace(".", self.words["decimal"]))

    def minutes(self, seconds: int) -> int:
        """Return whole minutes, rounded up."""
        return -(-seconds // _MINUTE_S)

    def groups(self, persons: Mapping[str, int]) -> str:
        """Return who they are and how many, in the order of the groups."""
        known = [(self.words[group.value], persons.get(group.value, 0)) for group in Group]
        return ", ".join(f"{name} {number}" for name, number in known if number)

    def good(self, good: Mapping[str, Any]) -> str:
        """Return what a good is called: a built-in one in this language, one that a case names as it does."""
        own, name = str(good["name"]), good["id"]
        built_in = sheet_texts()["en"].words["goods"].get(name) == own
        return str(self.words["goods"][name]) if built_in else own

    def unit(self, unit: str) -> str:
        """Return a unit in which goods are counted, as this language writes it."""
        return str(self.words["units"].get(unit, unit))

    def moment(self, clock: LocalClock, seconds: int) -> str:
        """Return day and time in every zone: ``Fri 17:40 / 18:40``; a day that differs is said again."""
        parts, day = [], ""
        for zone in clock.zones:
            own = self._day(clock, seconds, zone)
            time = clock.at(seconds, zone).strftime("%H:%M")
            parts.append(time if own == day else f"{own}\N{NO-BREAK SPACE}{time}")
            day = own
        return " / ".join(parts)

    def _day(self, clock: LocalClock, seconds: int, zone: Zone) -> str:
        name: str = self.words["days"][clock.at(seconds, zone).weekday()]
        return name

    def date(self, clock: LocalClock, seconds: int) -> str:
        """Return the local date with its day: ``Fri 16.08.2024``."""
        return f"{self._day(clock, seconds, clock.zones[0])} {clock.at(seconds):%d.%m.%Y}"

    def legend(self, clock: LocalClock) -> str:
        """Return whose times are printed."""
        return self.say("times_in", zones=" / ".join(map(self._zone, clock.zones)))

    def _zone(self, zone: Zone) -> str:
        label = zone.label.replace(" and ", f" {self.words['and']} ")
        return self.say("zone", label=label, offset=zone.utc_text)

    def stamp(self, sensitivity: str, plan: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what stands on every page: the class, and EXERCISE."""
        word = self.words.get(sensitivity.lower(), sensitivity)
        # In other languages the code follows, by which the file is called.
        said = word if word == sensitivity else f"{word} ({sensitivity})"
        return (said, self.words["exercise"]) if plan["exercise"] else (said,)


@cache
def sheet_texts() -> dict[str, SheetTexts]:
    """Return the texts by language code."""
    source = resources.files("safepassage.formats") / "templates" / "sheet_texts.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {code: SheetTexts(language=code, words=table) for code, table in tables.items()}

"""Goods and amounts as sheets write them, and what is expected at a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.paper.paper import Block, Heading, Rows
from safepassage.formats.paper.sheet_texts import SheetTexts

_MILLI, _TENTH = 1_000, 100
DOTS = "…………………"
Row = Mapping[str, Any]


class GoodsOnPaper:
    """Writes the goods of a release in one language."""

    def __init__(self, release: Release, texts: SheetTexts) -> None:
        self._aid, self._texts, self._clock = release.aid, texts, LocalClock.of(release.inputs)
        given = self._aid.get("given", {})
        self._goods: dict[str, Row] = {row["id"]: row for row in given.get("goods", ())}
        self._trucks = {row["id"]: str(row["truck"]) for row in given.get("trucks", ())}
        self._arrive_s = {
            leg["id"]: int(leg["arrive_s"]) for row in self._aid.get("trucks", ()) for leg in row["legs"]
        }

    def name(self, commodity: str) -> str:
        """Return what a good is called."""
        return self._texts.good(self._goods[commodity])

    def amount(self, commodity: str, milli: int) -> str:
        """Return an amount with its unit, thousands apart.

        From one unit on it is written to a tenth: no truck measures millilitres. Tables keep the rest.
        """
        shown = milli if milli < _MILLI else (milli + _TENTH // 2) // _TENTH * _TENTH
        words, (whole, rest) = self._texts.words, divmod(shown, _MILLI)
        number, decimals = f"{whole:,}".replace(",", words["thousands"]), f"{rest:03d}".rstrip("0")
        if decimals:
            number += f"{words['decimal']}{decimals}"
        return f"{number} {self._texts.unit(self._goods[commodity]['unit'])}"

    def sums(self, rows: Iterable[Row]) -> str:
        """Return goods and amounts, summed by goods in the order of the list of goods."""
        sums: dict[str, int] = {}
        for row in rows:
            sums[row["commodity"]] = sums.get(row["commodity"], 0) + int(row["milli"])
        # Amounts first: names of goods hold commas and numbers of their own.
        return "; ".join(
            f"{self.amount(key, sums[key])} {self.name(key)}" for key in self._goods if key in sums
        )

    def places(self) -> frozenset[str]:
        """Return the ids of the places that goods come to."""
        return frozenset(row["place"] for row in self._aid.get("deliveries", ()))

    def board(self, place: str) -> list[Block]:
        """Return which truck brings what to a place and when, with room to sign; nothing where none comes."""
        calls: dict[tuple[int, str], list[Row]] = {}
        for row in self._aid.get("deliveries", ()):
            if row["place"] == place:
                calls.setdefault((self._arrive_s[row["leg"]], row["truck"]), []).append(row)
        if not calls:
            return []
        table = Rows(
            heads=self._texts.heads("goods_heads"),
            rows=tuple(
                (self._texts.moment(self._clock, second), self._trucks[truck], self.sums(rows), DOTS)
                for (second, truck), rows in sorted(calls.items())
            ),
            widths=(0, 3, 7, 3), strong=(0,),
        )  # fmt: skip
        return [Heading(text=self._texts.say("goods_expected")), table]

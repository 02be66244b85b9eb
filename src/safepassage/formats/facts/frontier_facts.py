"""What a frontier says to a reader: rows in words, and a picture with points to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup
from safepassage.formats.facts.local_clock import LocalClock

PERSON_HOUR = 3_600 * 10**6
WIDTH, HEIGHT, MARGIN, DOT = 300, 190, 34, 9
PANELS = (("expected_person_ppm_s", "expected"), ("tail_person_ppm_s", "worst tenth of worlds"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierRow:
    """One plan, as it is printed."""

    number: int
    picked: bool
    clearance: str
    mean_minutes: str
    expected: str
    tail: str
    above_least: str


class FrontierFacts:
    """Facts of a released frontier."""

    def __init__(self, release: Release) -> None:
        self._given: Mapping[str, Any] = release.frontier
        self._clock = LocalClock.of(release.inputs)
        demand = sum(row["persons_demand"] for row in release.plan["directions"])
        self._persons = max(1, demand)

    def headline(self) -> str:
        """Say how many plans there are, and how many were tried."""
        given, n = self._given, len(self._given["points"])
        plans = "1 plan is" if n == 1 else f"{n} plans are"
        fewer = f", {given['fewer']} of which served fewer persons" if given["fewer"] else ""
        narrow = ", ".join(map(str, given["narrow"]))
        return (
            f"{plans} not bettered by another in last arrival, mean arrival, expected exposure and exposure "
            f"in the worst tenth of {given['worlds']:,} sampled worlds at once; in last arrival and exposure "
            f"alone: {narrow}. {given['tried']} were tried{fewer}. Plan {given['picked']} is written here"
            f"{self._why()}."
        )

    def _why(self) -> str:
        given = self._given
        if not given["order"]:
            return ""
        order = ", then ".join(given["order"])
        return f", chosen by {order} (each within {given['slack_percent']} % of its best)"

    def rows(self) -> list[FrontierRow]:
        """Return the plans in order of clearance."""
        return [self._row(point) for point in self._given["points"]]

    def _row(self, point: Mapping[str, Any]) -> FrontierRow:
        least = point["least_person_ppm_s"]
        above = f"{(point['exposure_person_ppm_s'] - least) * 100 / least:.1f} %" if least else "–"
        return FrontierRow(
            number=point["number"], picked=point["number"] == self._given["picked"],
            clearance=self._clock.moments(point["clearance_s"]),
            mean_minutes=f"{point['person_seconds'] / 60 / self._persons:,.1f}",
            expected=f"{point['expected_person_ppm_s'] / PERSON_HOUR:,.2f}",
            tail=f"{point['tail_person_ppm_s'] / PERSON_HOUR:,.2f}", above_least=above,
        )  # fmt: skip

    def pictures(self) -> list[dict[str, Any]]:
        """Return a small picture for each measure of exposure: clearance to the right, exposure upwards."""
        return [{"name": name, "picture": self._picture(key)} for key, name in PANELS]

    def _picture(self, key: str) -> Markup:
        points = self._given["points"]
        xs = [p["clearance_s"] / 3_600 for p in points]
        ys = [p[key] / PERSON_HOUR for p in points]
        parts = [
            f'<svg class="frontier" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Plans">',
            f'<path class="axis" d="M{MARGIN} 8V{HEIGHT - MARGIN}H{WIDTH - 8}"/>',
            _text(WIDTH / 2, HEIGHT - 4, "hours until the last arrival"),
            _text(MARGIN, HEIGHT - 20, f"{min(xs):.1f}"), _text(WIDTH - 24, HEIGHT - 20, f"{max(xs):.1f}"),
            _text(16, 16, f"{max(ys):,.1f}"), _text(16, HEIGHT - MARGIN, f"{min(ys):,.1f}"),
        ]  # fmt: skip
        for point, x, y in zip(points, xs, ys, strict=True):
            cx = _scaled(x, xs, MARGIN + DOT, WIDTH - 8 - DOT)
            cy = _scaled(y, ys, HEIGHT - MARGIN - DOT, 8 + DOT)
            chosen = " picked" if point["number"] == self._given["picked"] else ""
            parts.append(f'<circle class="point{chosen}" cx="{cx:.1f}" cy="{cy:.1f}" r="{DOT}"/>')
            parts.append(_text(cx, cy + 3.5, str(point["number"]), f"number{chosen}"))
        return Markup("".join([*parts, "</svg>"]))


def _scaled(value: float, values: list[float], low: float, high: float) -> float:
    span = max(values) - min(values)
    return (low + high) / 2 if span == 0 else low + (value - min(values)) / span * (high - low)


def _text(x: float, y: float, words: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{words}</text>'

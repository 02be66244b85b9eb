"""Arrivals over time against what no plan can exceed: one small chart per direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from safepassage.formats.containers.markup import Markup, element, number
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.maps.map_labels import text_width

_WIDTH, _HEIGHT = 440.0, 272.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 16.0, 26.0, 58.0
_LABEL_PX, _LABEL_GAP = 11, 6
_TICK_HOURS = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48)
_MOST_TICKS = 7
_NOTE_WIDTH, _NOTE_HEIGHT = 210, 24
_HOUR_S = 3600

Step = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What one chart shows: arrivals and bound as (second, persons) steps; a time that is not is None."""

    name: str
    position: int
    demand: int
    served: int
    arrivals: Sequence[Step]
    envelope: Sequence[Step]
    clearance_s: int | None
    bound_s: int | None


def time_span(curves: Sequence[Curve], horizon_s: int) -> int:
    """Return the last second to draw: what happens and what is proved of it, with a little room."""
    ends = [curve.clearance_s or 0 for curve in curves]
    ends += [second for curve in curves for second, persons in curve.envelope if persons < curve.demand]
    return min(horizon_s, max(_HOUR_S, round(max(ends, default=0) * 1.08)))


class CurveChart:
    """Draws one curve; all charts of a page share one time axis."""

    def __init__(self, curve: Curve, clock: LocalClock, last_s: int) -> None:
        self._curve, self._clock, self._last_s = curve, clock, last_s
        self._top = max(curve.demand, curve.served, 1) * 1.06
        widest = max(text_width(f"{persons:,}", _LABEL_PX) for persons in _round_steps(self._top))
        self._left = max(_LEFT, widest + _LABEL_GAP + 2)

    def _x(self, second: float) -> float:
        return self._left + min(max(second / self._last_s, 0), 1) * (_WIDTH - self._left - _RIGHT)

    def _y(self, persons: float) -> float:
        return _HEIGHT - _BOTTOM - persons / self._top * (_HEIGHT - _TOP - _BOTTOM)

    def draw(self) -> Markup:
        """Return the chart."""
        curve = self._curve
        told = f"{curve.served:,} of {curve.demand:,} people arrive"
        attributes = {
            "viewBox": f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
            "class": "curve",
            "role": "img",
            "aria-label": f"{curve.name}: arrivals over time; {told}",
        }
        parts = (
            *self._grid(),
            *self._bound(),
            *self._demand(),
            *self._arrivals(),
            *self._moments(),
            *self._hours(),
        )
        return element("svg", attributes, *parts)

    def _grid(self) -> list[Markup]:
        right = _WIDTH - _RIGHT
        parts = []
        for persons in _round_steps(self._top):
            y = self._y(persons)
            parts.append(
                element("path", {"d": f"M{number(self._left)} {number(y)}H{number(right)}", "class": "rule"})
            )
            at = {"x": self._left - _LABEL_GAP, "y": y + 3.5, "text-anchor": "end"}
            parts.append(element("text", at, f"{persons:,}"))
        zone = self._clock.zones[0].time
        parts.append(element("text", {"x": 4, "y": 12, "class": "unit"}, f"persons arrived, by {zone}"))
        return parts

    def _hours(self) -> list[Markup]:
        parts, base = [], self._y(0)
        for second in self._ticks():
            x = self._x(second)
            parts.append(element("path", {"d": f"M{number(x)} {number(base)}v4", "class": "tick"}))
            label = self._clock.moment(second).rsplit(" ", 1)[-1]
            attributes = {"x": x, "y": base + 15, "text-anchor": "middle", "class": "hour"}
            parts.append(element("text", attributes, label))
        return parts

    def _ticks(self) -> list[int]:
        """Return round local hours."""
        shift = self._clock.at(0)
        past = shift.hour * _HOUR_S + shift.minute * 60 + shift.second
        for hours in _TICK_HOURS:
            step = int(hours * _HOUR_S)
            first = -past % step
            ticks = list(range(first, self._last_s + 1, step))
            if len(ticks) <= _MOST_TICKS:
                return ticks
        return []

    def _bound(self) -> list[Markup]:
        """Shade what no plan of the model can reach, above the staircase of the envelope.

        The envelope is known at its points only: before a point, no more than at that point can have arrived.
        """
        if not self._curve.envelope:
            return []
        x, y = self._x(0), self._y(min(self._curve.envelope[0][1], self._top))
        line = f"M{number(x)} {number(y)}"
        for (second, _), (_, after) in zip(
            self._curve.envelope, [*self._curve.envelope[1:], (0, self._curve.demand)], strict=True
        ):
            if second > self._last_s:
                break
            line += f"H{number(self._x(second))}V{number(self._y(min(after, self._curve.demand)))}"
        line += f"H{number(self._x(self._last_s))}"
        area = f"{line}V{number(_TOP)}H{number(x)}Z"
        parts = [
            element("path", {"d": area, "class": "beyond"}),
            element("path", {"d": line, "class": "bound"}),
        ]
        y = self._y(self._curve.demand)
        right = self._left + _NOTE_WIDTH
        reached = max((n for t, n in self._curve.envelope if self._x(t) < right), default=0)
        if self._y(min(reached, self._curve.demand)) - y > _NOTE_HEIGHT:
            note = {"x": self._left + 9, "y": y + 16, "class": "note"}
            parts.append(element("text", note, "no plan of this model can be up here"))
        return parts

    def _demand(self) -> list[Markup]:
        y, right = self._y(self._curve.demand), _WIDTH - _RIGHT
        text = f"{self._curve.demand:,} want to go"
        return [
            element("path", {"d": f"M{number(self._left)} {number(y)}H{number(right)}", "class": "demand"}),
            element("text", {"x": right, "y": y - 5, "text-anchor": "end", "class": "strong"}, text),
        ]

    def _arrivals(self) -> list[Markup]:
        x, y = number(self._x(0)), number(self._y(0))
        line, last = f"M{x} {y}", x
        for second, persons in self._curve.arrivals:
            x, y = number(self._x(second)), number(self._y(persons))
            line += f"H{x}V{y}" if x != last else f"V{y}"
            last = x
        line += f"H{number(self._x(self._last_s))}"
        style = f"arrivals d{self._curve.position % 4}"
        return [element("path", {"d": line, "class": style})]

    def _moments(self) -> list[Markup]:
        """Mark the last arrival and the earliest any plan could have it, with times beneath the axis."""
        curve, parts, base = self._curve, [], self._y(0)
        if curve.clearance_s is None:
            return []
        served = self._y(curve.served)
        x = self._x(curve.clearance_s)
        parts.append(
            element("path", {"d": f"M{number(x)} {number(served)}V{number(base + 48)}", "class": "when"})
        )
        parts.append(
            element("circle", {"cx": x, "cy": served, "r": 4.2, "class": f"end d{curve.position % 4}"})
        )
        plan_text = f"plan: {curve.served:,} by {self._clock.moment(curve.clearance_s)}"
        parts.append(_flag(x, base + 48, plan_text, "strong"))
        if curve.bound_s is not None:
            x = self._x(curve.bound_s)
            line = f"M{number(x)} {number(served)}V{number(base + 33)}"
            parts.append(element("path", {"d": line, "class": "when bound"}))
            parts.append(_flag(x, base + 33, f"no plan before {self._clock.moment(curve.bound_s)}", "unit"))
        return parts


def _flag(x: float, y: float, text: str, style: str) -> Markup:
    """Write a text beside a line, on the side where it fits."""
    fits_left = x - text_width(text, _LABEL_PX) > 4  # noqa: PLR2004
    side = {"x": x - 4, "text-anchor": "end"} if fits_left else {"x": x + 4}
    return element("text", {**side, "y": y, "class": style}, text)


def _round_steps(top: float) -> list[int]:
    """Return four to six round figures from zero to `top`."""
    raw = top / 5
    power = 10 ** math.floor(math.log10(max(raw, 1)))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw or m == 10)  # noqa: PLR2004
    step = max(1, int(step))
    return list(range(0, int(top) + 1, step))

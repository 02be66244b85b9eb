"""The page of a plan in many worlds: who is out by when, what to confirm first, what a simulator says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.formats.containers.markup import Markup, element, number, printable
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.paper.page_templates import content_policy, environment, inline

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 440.0, 228.0, 52.0, 16.0, 26.0, 30.0
_HOUR_S, _MINUTE_S, _TICKS = 3_600, 60, 6
Step = tuple[int, int]


def write(
    inputs: Mapping[str, Any],
    worlds: Mapping[str, Any],
    simulation: Mapping[str, Any],
    *,
    recorded: bool = False,
) -> bytes:
    """Return the page of what worlds and a simulation say of a plan; either document may be empty.

    What was `recorded` happened, as somebody says; it was not simulated.
    """
    templates, clock = environment(), LocalClock.of(inputs)
    style = inline(
        templates, "report.css", stamp={"sensitivity": "RESTRICTED", "exercise": bool(inputs["exercise"])}
    )
    text = templates.get_template("worlds.html").render(
        style=style, policy=content_policy(styles=(style,)), title=printable(inputs["title"]),
        heading="The plan in many worlds" if worlds else "The plan, and how it was driven",
        exercise=bool(inputs["exercise"]), legend=clock.legend, attribution=inputs["network"]["attribution"],
        judged=content(inputs, worlds, simulation, recorded=recorded),
    )  # fmt: skip
    return text.encode("utf-8")


def content(
    inputs: Mapping[str, Any],
    worlds: Mapping[str, Any],
    simulation: Mapping[str, Any],
    *,
    recorded: bool = False,
) -> dict[str, Any] | None:
    """Return what pages say of worlds and a simulation of a plan, None where there is neither."""
    if not worlds and not simulation:
        return None
    clock = LocalClock.of(inputs)
    names = {row["id"]: row["name"] for row in inputs["directions"]}
    runs = simulation.get("runs", ())
    return {
        "worlds": worlds, "runs": [_run(run, clock) for run in runs],
        "recorded": recorded,
        "directions": [_direction(row, worlds, names, clock) for row in worlds.get("directions", ())],
        "arrivals": _arrivals(runs[0], names, clock) if runs else [],
    }  # fmt: skip


def _direction(
    facts: Mapping[str, Any], worlds: Mapping[str, Any], names: Mapping[str, str], clock: LocalClock
) -> dict[str, Any]:
    shares = [(second, worlds_by) for second, worlds_by in facts["by"]]
    drawn = [(shares, "arrivals d1")]
    mean, tail = ([(row[0], row[k]) for row in facts["out_by"]] for k in (1, 2))
    out = [(tail, "demand"), (mean, "arrivals d0")]
    return {
        "name": names[facts["direction"]], "facts": facts,
        "share": f"{facts['all_out'] / max(1, worlds['worlds']):.1%}",
        "shares": _chart(drawn, worlds["worlds"], "worlds in which all are out", clock) if shares else "",
        "out": _chart(out, facts["planned"], "persons out", clock) if facts["planned"] else "",
    }  # fmt: skip


def _arrivals(run: Mapping[str, Any], names: Mapping[str, str], clock: LocalClock) -> list[dict[str, Any]]:
    """Return a chart for each direction in which anybody arrives."""
    found = []
    for key, name in names.items():
        rows = [row for row in run["arrivals"] if row[0] == key]
        curves = [
            ([(row[1], row[2]) for row in rows], "demand"),
            ([(row[1], row[3]) for row in rows], "arrivals d0"),
        ]
        if rows:
            found.append({"name": name, "chart": _chart(curves, rows[-1][2], "persons arrived", clock)})
    return found


def _chart(curves: Sequence[tuple[Sequence[Step], str]], most: int, unit: str, clock: LocalClock) -> Markup:
    """Draw steps over time from the first of them on; `most` is the top of the axis."""
    seconds = [second for steps, _ in curves for second, _ in steps] or [0, _HOUR_S]
    first, last = min(seconds) - _HOUR_S // 2, max(seconds) + _HOUR_S // 2
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(second: float) -> float:
        return _LEFT + (second - first) / max(1, last - first) * width

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / max(1, most) * height

    parts = [element("text", {"x": 4, "y": 11, "class": "unit"}, unit)]
    for quarter in range(5):
        level = most * quarter // 4
        line = f"M{number(_LEFT)} {number(y(level))}H{number(_WIDTH - _RIGHT)}"
        parts.append(element("path", {"d": line, "class": "rule"}))
        at = {"x": _LEFT - 6, "y": y(level) + 3.5, "text-anchor": "end"}
        parts.append(element("text", at, f"{level:,}"))
    for tick in range(_TICKS):
        second = first + (last - first) * (2 * tick + 1) // (2 * _TICKS)
        at = {"x": x(second), "y": _HEIGHT - 10, "text-anchor": "middle", "class": "hour"}
        parts.append(element("text", at, clock.moment(second)))
    for steps, style in curves:
        line = f"M{number(x(first))} {number(y(0))}"
        for second, value in steps:
            line += f"H{number(x(second))}V{number(y(value))}"
        parts.append(element("path", {"d": f"{line}H{number(x(last))}", "class": style, "fill": "none"}))
    attributes = {
        "viewBox": f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}", "class": "curve", "role": "img", "aria-label": unit,
    }  # fmt: skip
    return element("svg", attributes, *parts)


def _run(run: Mapping[str, Any], clock: LocalClock) -> dict[str, Any]:
    spread = run["spread_permille"]
    words = f"{run['simulator']}, " + (f"speeds {spread / 10:.0f} % apart" if spread else "speeds as planned")
    return {"words": words, "directions": [_compared(row, clock) for row in run["directions"]]}


def _compared(row: Mapping[str, Any], clock: LocalClock) -> dict[str, Any]:
    planned, simulated = row["planned_last_s"], row["simulated_last_s"]
    return {
        "name": row["name"], "arrived": row["arrived"], "persons": row["persons"],
        "planned": "" if planned < 0 else clock.moments(planned),
        "simulated": "" if simulated < 0 else clock.moments(simulated),
        "mean": f"{row['delay_mean_s'] / _MINUTE_S:.1f}", "most": f"{row['delay_most_s'] / _MINUTE_S:.0f}",
    }  # fmt: skip

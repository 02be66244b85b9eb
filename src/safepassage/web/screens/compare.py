"""Two plans side by side: the table first, who is better and worse off, then what moves differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from safepassage.casework.differences import difference_lines
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.planner import MadePlan
from safepassage.web.doors import Way
from safepassage.web.pages import counted, desk_of, page
from safepassage.web.rights import READS_ALL
from safepassage.web.screens.plan_screen import shown_plan
from safepassage.withdrawal import Answer, difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number of two plans, and of whom: which is better, -1 the first, 1 the second, 0 neither."""

    whose: str
    what: str
    before: str
    after: str
    change: str
    better: int


async def show(request: Request) -> Response:
    """Show two plans of those that are kept; by default the accepted one and the last, else the last two."""
    desk = desk_of(request)
    plans = desk.planner.plans()
    accepted = desk.office().accepted
    kept = desk.planner.plan(str(accepted.body.get("plan_sha256"))) if accepted else None
    first = shown_plan(desk, request.query_params.get("a", "")[:64]) if "a" in request.query_params else kept
    second = shown_plan(desk, request.query_params.get("b", "")[:64])
    if first is None and len(plans) > 1:
        first = plans[1]
    found = None
    if first is not None and second is not None and first.sha256 != second.sha256:
        found = await run_in_threadpool(compared, desk, first, second)
    shown = f"/map/differences?a={first.sha256}&b={second.sha256}" if found and first and second else ""
    return page(
        request,
        "compare",
        map_features=shown,
        plans=plans,
        first=first,
        second=second,
        found=found,
        accepted=kept,
    )


def compared(desk: Desk, first: MadePlan, second: MadePlan) -> dict[str, Any]:
    """Return what differs between two plans: numbers, settlements, movements."""
    a, b = desk.facts.of(first), desk.facts.of(second)
    times = zip(*(made.document("plan")["directions"] for made in (first, second)), strict=True)
    both = zip(a["directions"], b["directions"], times, strict=True)
    rows = [row for before, after, clock in both for row in _direction(before, after, clock)]
    answers = [_answer(made) for made in (first, second)]
    names = {d["id"]: d["name"] for d in second.document("inputs")["directions"]}
    return {
        "rows": rows, "settlements": _settlements(a, b),
        "lines": difference_lines(difference(*answers), names, desk.clock),
    }  # fmt: skip


def _answer(made: MadePlan) -> Answer:
    return inputs_json.parse(made.document("inputs")), plan_json.parsed_schedule(made.document("plan"))


def _direction(before: Any, after: Any, rows_of: tuple[Any, Any]) -> list[Row]:
    """Return what a direction is compared by; `rows_of` are the rows of it in both plans."""
    served = after.served - before.served
    later_s, later_bound_s = (_later(rows_of, name) for name in ("clearance_s", "clearance_bound_s"))
    rows = [
        Row(
            whose=after.name, what="people who can arrive",
            before=counted(before.served), after=counted(after.served),
            change=_count(served), better=(served > 0) - (served < 0),
        ),
        Row(
            whose=after.name, what="last arrival", before=before.clearance, after=after.clearance,
            change=_signed(later_s), better=-1 if later_s > 0 >= served else int(later_s < 0 <= served),
        ),
        Row(
            whose=after.name, what="no plan before", before=before.bound, after=after.bound,
            change=_signed(later_bound_s), better=0,
        ),
        Row(
            whose=after.name, what="exposure, person-hours of certain harm", before=before.exposure_person_h,
            after=after.exposure_person_h,
            change=_more(before.exposure_person_h, after.exposure_person_h),
            better=_less(before.exposure_person_h, after.exposure_person_h),
        ),
        Row(
            whose=after.name, what="least served settlement",
            before=_least(before), after=_least(after), change="", better=0,
        ),
    ]  # fmt: skip
    return [row for row in rows if row.before or row.after]


def _least(direction: Any) -> str:
    return "; ".join(filter(None, (direction.lowest_share, direction.lowest_at)))


def _later(rows: tuple[Any, Any], name: str) -> int:
    """Return by how many seconds a moment of the second plan is later; 0 where either has none."""
    before, after = (row[name] for row in rows)
    return 0 if before is None or after is None else int(after - before)


def _count(persons: int) -> str:
    return ("+" if persons > 0 else "−") + counted(abs(persons)) if persons else ""


def _signed(seconds: int) -> str:
    """Return a difference as hours and minutes with a sign, nothing below a minute."""
    minutes = abs(seconds) // 60
    return f"{'+' if seconds > 0 else '−'}{minutes // 60}:{minutes % 60:02d}" if minutes else ""


def _difference(before: str, after: str) -> float:
    try:
        return float(after.replace(",", "")) - float(before.replace(",", ""))
    except ValueError:
        return 0.0


def _more(before: str, after: str) -> str:
    return f"{_difference(before, after):+,.1f}".replace("-", "−") if before != after else ""


def _less(before: str, after: str) -> int:
    found = _difference(before, after)
    return (found < 0) - (found > 0)


def _settlements(a: dict[str, Any], b: dict[str, Any]) -> list[Row]:
    """Return the settlements of which more or fewer people can arrive, or later or earlier."""
    before = {(s.place, s.position): s for s in a["settlements"]}
    after = {(s.place, s.position): s for s in b["settlements"]}
    found = []
    for key in sorted(before.keys() | after.keys()):
        one, two = before.get(key), after.get(key)
        served = (two.served if two else 0) - (one.served if one else 0)
        some = two or one
        last = (one.last_arrival if one else "", two.last_arrival if two else "")
        if some is None or (not served and last[0] == last[1]):
            continue
        texts = [_arrivals(s) if s else "–" for s in (one, two)]
        found.append(
            Row(
                whose=some.name,
                what=some.direction,
                before=texts[0],
                after=texts[1],
                change=_count(served) or "other times",
                better=(served > 0) - (served < 0),
            )
        )
    return sorted(found, key=lambda row: (row.better, row.whose, row.what))


def _arrivals(row: Any) -> str:
    return f"{row.served:,} of {row.demand:,}, last {row.last_arrival or '–'}"


WAYS = [Way("/compare", show, READS_ALL)]

"""Binds a distribution to its inputs: needs, lots, trucks and what had left, recomputed from the tables.

`given` in `aid.json` is what the planner says it planned from. Here it is computed once more, by arithmetic
of its own, from the tables in `inputs.json` and the movements of the plan beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from safepassage_verify.aid_inputs import BROUGHT, DAY_S, SO_FAR, read_supplies
from safepassage_verify.aid_needs import PIECE_MILLI, Key, Moved, Needed, Rows, days_of, needs
from safepassage_verify.aid_under_way import Ends, UnderWay, check_under_way
from safepassage_verify.aidfile import MILLI, NANO
from safepassage_verify.shape import COUNT, SECONDS, record, row, rows, shown, text, whole
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.verdict import Findings

NO_LIMIT = -1
FARTHEST_S = 10**8
"""Goods that keep until then, or longer, keep for every plan."""
NOT_STATED = (
    "whether needs, stock, trucks and what had left are those of the case: inputs.json was written without "
    "the tables of the case; plan again to have them in it"
)
_SECOND = whole(0, SECONDS)
_UNLOADING = rows(row(_SECOND, text, text, whole(1, MILLI)))
SINCE = record(
    now_s=_SECOND, under_way=whole(0, COUNT), same=whole(0, COUNT),
    drivers=rows(record(truck=text, before=_UNLOADING, after=_UNLOADING)), brought=BROUGHT, trucks=SO_FAR,
    delivered=rows(
        record(
            place=text, commodity=text, due=_SECOND, priority=whole(1, 4), needed_milli=whole(1, MILLI),
            milli=whole(0, MILLI),
        )
    ),
)  # fmt: skip


def check_given(
    aid: Rows, inputs: Rows, snapshot: Snapshot, moved: Iterable[Moved], findings: Findings
) -> UnderWay | None:
    """Note what of a distribution does not follow from the inputs; without tables it is not assessed.

    Returns trips under way that go another way than announced, with their trucks; None where none is known.
    """
    if "since" in aid and not SINCE(aid["since"], "aid.since", findings):
        return None
    if "aid" not in inputs:
        for code in ("AID_GIVEN", "AID_SINCE", "AID_UNDER_WAY"):
            findings.not_assessed(code, NOT_STATED)
        return None
    table = read_supplies(inputs, findings)
    return None if table is None else _Given(aid, inputs, table, snapshot, findings).check(moved)


class _Given:
    """What a distribution has to be given, held against what it says."""

    def __init__(self, aid: Rows, inputs: Rows, table: Rows, snapshot: Snapshot, findings: Findings) -> None:
        self.aid, self.given, self.table, self.snapshot = aid, aid["given"], table, snapshot
        self.findings = findings
        self.inputs, self.days = inputs, days_of(inputs)
        self.past = table.get("past", {"brought": [], "trucks": [], "trips": []})
        self.now_s = inputs["history"]["now_s"] if "history" in inputs else NO_LIMIT

    def check(self, moved: Iterable[Moved]) -> UnderWay | None:
        """Note every difference."""
        days = [(row["from_s"], row["until_s"], row["date"]) for row in self.given["days"]]
        self._require("days", "the days are not those of the case", holds=days == self.days)
        if days != self.days:
            return None
        self._counted()
        under_way = self._under_way()
        self.past = self.past if under_way is None else under_way.past
        self._same("rules", [self.given["rules"]], [self.table["rules"]])
        self._same("goods", self.given["goods"], list(self._goods()))
        whole = needs(self.inputs, moved, self.days)
        met = self._met(whole)
        self._same("needs", self.given["needs"], list(self._needs(whole, met)))
        self._same("lots", self.given["lots"], list(self._lots()))
        self._same("trucks", self.given["trucks"], list(self._trucks()))
        self._same("behind", self.given.get("behind", []), list(self._behind(whole, met)))
        self._since(whole, met)
        return under_way

    def _under_way(self) -> UnderWay | None:
        """Check the trips under way; what they do not unload is not met, and stuck trucks are not free."""
        if "since" not in self.aid or "past" not in self.table or self.now_s < 0:
            return None
        trucks = {row["id"]: row for row in self._days_of_trucks()}
        lots = {row["id"]: _expiry(row) for row in self.table["stock"]}
        ends = Ends(days=self.days, lots=lots, table=self.table)
        return check_under_way(self.aid["since"], self.past, trucks, ends, self.snapshot, self.findings)

    def _require(self, where: str, message: str, *, holds: bool, code: str = "AID_GIVEN") -> None:
        self.findings.require(code, f"aid.given.{where}", holds=holds, message=message)

    def _same(self, name: str, stated: list[Any], follows: list[Any]) -> None:
        """Note rows that differ, by their key: the columns by which a row of this table is known."""
        a, b = ({_key(name, row): row for row in some} for some in (stated, follows))
        for key in sorted(a.keys() | b.keys()):
            was, must = a.get(key), b.get(key)
            where = f"{name} {' '.join(map(str, key))}".strip()
            self._require(where, _difference(was, must), holds=was == must)
        self._require(name, "a row is here a second time", holds=len(a) == len(stated))

    def _goods(self) -> Iterator[Rows]:
        for good in self.table["commodities"]:
            step = PIECE_MILLI if good["unit"] == "piece" else 1
            yield {**good, "step_milli": step}

    def _node(self, place: str) -> int:
        found = self.snapshot.places.get(place)
        return NO_LIMIT if found is None else found.node

    def _met(self, whole: Mapping[Key, Needed]) -> dict[Key, int]:
        """Return what meets each need of what had left; what is over serves later days while it keeps."""
        shelf = {good["id"]: good["shelf_days"] for good in self.table["commodities"]}
        came_on = (
            {f"WB-{row['id']}": row["day"] for row in self._days_of_trucks()} if self.past["brought"] else {}
        )
        came: dict[tuple[str, str], list[list[int]]] = {}
        for line in self.past["brought"]:
            due = line["due"]
            day = min(due, came_on.get(line["waybill"].rpartition("-")[0], due))
            last = day + shelf[line["commodity"]] - 1 if shelf.get(line["commodity"]) else len(self.days)
            came.setdefault((line["place"], line["commodity"]), []).append(
                [day, due, last, line["received_milli"]]
            )
        found = dict.fromkeys(whole, 0)
        for key in sorted(whole, key=lambda key: key[2]):
            for batch in sorted(came.get(key[:2], ()), key=lambda batch: batch[0]):
                if batch[1] <= key[2] <= batch[2]:
                    taken = min(batch[3], whole[key].amount_milli - found[key])
                    batch[3] -= taken
                    found[key] += taken
        return found

    def _left(self, key: Key, need: Needed, met: Mapping[Key, int]) -> tuple[int, int]:
        """Return amount and worth of what is still needed; nothing of a day that is over."""
        milli, worth = need.amount_milli - met[key], max(1, need.worth)
        if self.now_s < 0:
            return milli, worth
        if milli <= 0 or self.days[key[2]][1] <= self.now_s:
            return 0, 0
        return milli, max(1, worth * milli // need.amount_milli)

    def _needs(self, whole: Mapping[Key, Needed], met: Mapping[Key, int]) -> Iterator[Rows]:
        for key, need in whole.items():
            milli, worth = self._left(key, need, met)
            if milli:
                yield {
                    "place": key[0], "node": self._node(key[0]), "commodity": key[1], "due": key[2],
                    "priority": need.priority, "amount_milli": milli, "persons": need.persons, "worth": worth,
                    **({} if "" in need.groups else {"groups": sorted(need.groups)}),
                }  # fmt: skip

    def _behind(self, whole: Mapping[Key, Needed], met: Mapping[Key, int]) -> Iterator[Rows]:
        """Yield by place the worth that is needed no more, and how much of it was met."""
        if self.now_s < 0:
            return
        worths, nanos = Counter[str](), Counter[str]()
        for key, need in whole.items():
            worth = max(1, need.worth)
            over = worth - self._left(key, need, met)[1]
            worths[key[0]] += over
            nanos[key[0]] += min(worth * NANO * met[key] // need.amount_milli, over * NANO)
        for place, worth in worths.items():
            if worth:
                yield {"place": place, "worth": worth, "met_nano": nanos[place]}

    def _lots(self) -> Iterator[Rows]:
        left: Counter[str] = Counter()
        for line in self.past["brought"]:
            left[line["lot"]] += line["dispatched_milli"]
        for lot in self.table["stock"]:
            milli = lot["quantity_milli"] - left[lot["id"]]
            if lot["state"] == "pledged" or min(milli, lot["quantity_milli"]) <= 0:
                continue
            yield {
                "id": lot["id"], "depot": lot["depot"], "node": self._node(lot["depot"]),
                "commodity": lot["commodity"], "quantity_milli": milli,
                "available_from_s": max(0, lot["available_from_s"]),
                "expires_s": _expiry(lot),
            }  # fmt: skip

    def _trucks(self) -> Iterator[Rows]:
        so_far = {row["id"]: row for row in self.past["trucks"]}
        for row_ in self._days_of_trucks():
            first_s, last_s, kind = (row_[n] for n in ("available_from_s", "available_until_s", "kind"))
            hours = self._hours(so_far.get(row_["id"]), first_s, last_s, kind)
            if hours is not None:
                yield {**{name: value for name, value in row_.items() if name != "kind"}, **hours}

    def _days_of_trucks(self) -> Iterator[Rows]:
        """Yield every truck on every day on which the case has it."""
        for kind in self.table["trucks"]:
            base, until_s = self._node(kind["depot"]), kind["available_until_s"]
            for day, (from_s, end_s, _) in enumerate(self.days):
                first_s = max(from_s, kind["available_from_s"])
                last_s = end_s if until_s == NO_LIMIT else min(end_s, until_s)
                if base < 0 or first_s >= last_s:
                    continue
                for number in range(1, kind["count"] + 1):
                    truck = f"{kind['id']}-{number:03d}"
                    yield {
                        **_same_of(kind), "id": f"{truck}-day{day + 1}", "truck": truck, "type": kind["id"],
                        "day": day, "base_node": base, "available_from_s": first_s,
                        "available_until_s": last_s, "kind": kind,
                    }  # fmt: skip

    def _hours(self, so_far: Rows | None, first_s: int, last_s: int, kind: Rows) -> Rows | None:
        """Return when a truck is free and the hours of its crew; None where nothing is left of its day."""
        work_s, duty_s, drive_s = DAY_S - kind["rest_s"], kind["max_duty_s"], kind["max_drive_s"]
        free_s, unbroken_s = max(first_s, self.now_s), 0
        if so_far and self.now_s >= 0:
            free_s, unbroken_s = max(free_s, so_far["free_s"]), so_far["unbroken_s"]
            drive_s = max(0, drive_s - so_far["driven_s"])
            last_s = min(last_s, so_far["works_from_s"] + work_s)
            duty_s -= free_s - so_far["began_s"] if duty_s >= 0 else 0
            if kind["max_duty_s"] >= 0 and duty_s <= 0:
                return None
        return None if free_s >= last_s else {
            "available_from_s": free_s, "available_until_s": last_s, "max_duty_s": duty_s,
            "max_drive_s": drive_s, "unbroken_s": unbroken_s, "work_s": work_s,
            "break_after_s": kind["break_after_s"], "break_s": kind["break_s"], "rest_s": kind["rest_s"],
        }  # fmt: skip

    def _since(self, whole: Mapping[Key, Needed], met: Mapping[Key, int]) -> None:
        """Check what is said of what had left, and that counts at receivers are in it."""
        since = self.aid.get("since")
        there = "past" in self.table and self.now_s >= 0
        message = "is stated, or missing, where the inputs have it otherwise"
        self.findings.require("AID_SINCE", "aid.since", holds=(since is not None) == there, message=message)
        if since is None or not there:
            return
        follows = [
            {
                "place": key[0], "commodity": key[1], "due": key[2], "priority": need.priority,
                "needed_milli": need.amount_milli, "milli": met[key],
            }
            for key, need in whole.items() if met[key] or self.days[key[2]][1] <= self.now_s
        ]  # fmt: skip
        pairs = {
            "now_s": ([since["now_s"]], [self.now_s]),
            "brought": (since["brought"], self.past["brought"]),
            "trucks": (_with_exposure(since["trucks"]), _with_exposure(self.past["trucks"])),
            "delivered": (since["delivered"], follows),
            "drivers": (self._told(since), self._ahead({row["truck"] for row in since["drivers"]})),
        }
        for name, (stated, must) in pairs.items():
            was, follow = Counter(map(repr, map(_sorted, stated))), Counter(map(repr, map(_sorted, must)))
            self.findings.checked("AID_SINCE", follow.total())
            for fault, some in (
                ("is stated and does not follow", was - follow),
                ("is missing", follow - was),
            ):
                for one in sorted(some.elements()):
                    self.findings.add("AID_SINCE", f"aid.since.{name}", f"{one} {fault}")

    def _counted(self) -> None:
        """Check that lines on a waybill that was counted add up to the count."""
        rows_ = self.table["consignments"]
        for i, one in enumerate(rows_):
            mine = [line for line in self.past["brought"] if _on(one, line)]
            if not mine or any(_meets(one, later) for later in rows_[i + 1 :]):
                continue
            sent = one["dispatched_milli"]
            got = sent if one["received_milli"] < 0 else one["received_milli"]
            sums = tuple(sum(line[f"{k}_milli"] for line in mine) for k in ("dispatched", "received"))
            message = f"{sums[0]} were sent and {sums[1]} received, the table says {sent} and {got}"
            where = f"inputs.aid.past.brought {one['waybill']}"
            self.findings.require("AID_SINCE", where, holds=sums == (sent, got), message=message)

    def _told(self, since: Rows) -> list[Any]:
        return [{"truck": row["truck"], "after": list(map(list, row["after"]))} for row in since["drivers"]]

    def _ahead(self, named: set[str]) -> list[Any]:
        """Return what trucks unload from now on, by what the plan says they deliver."""
        arrive_s = {leg["id"]: leg["arrive_s"] for truck in self.aid["trucks"] for leg in truck["legs"]}
        found: dict[str, Counter[tuple[int, str, str]]] = {name: Counter() for name in named}
        for row_ in self.aid["deliveries"]:
            if row_["truck"] in named:
                at = (arrive_s.get(row_["leg"], 0), row_["place"], row_["commodity"])
                found[row_["truck"]][at] += row_["milli"]
        return [
            {"truck": name, "after": [[*at, milli] for at, milli in sorted(stops.items())]}
            for name, stops in found.items()
        ]


_KEYS = {
    "rules": (), "goods": ("id",), "lots": ("id",), "trucks": ("id",), "behind": ("place",),
    "needs": ("place", "commodity", "due"),
}  # fmt: skip


def _key(name: str, row_: Rows) -> tuple[Any, ...]:
    return tuple(row_[column] for column in _KEYS[name])


def _same_of(kind: Rows) -> dict[str, Any]:
    """Return what trucks of a kind have in common; who runs them only where it is stated."""
    names = ("depot", "payload_kg", "volume_l", "weight_kg", "units_mveh", "cold_chain", "organisation")
    return {name: kind[name] for name in (*names, "convoy") if kind.get(name, "") != ""}


def _difference(was: Rows | None, must: Rows | None) -> str:
    if was is None or must is None:
        return "is not stated" if was is None else "does not follow from the inputs"
    names = sorted(name for name in was.keys() | must.keys() if was.get(name) != must.get(name))
    return "; ".join(f"{n} is {shown(was.get(n))}, must be {shown(must.get(n))}" for n in names)


def _expiry(lot: Rows) -> int:
    """Return when goods can be handed out no more, -1 for never."""
    at_s: int = lot["expires_s"]
    return at_s if at_s == NO_LIMIT else min(max(0, at_s), FARTHEST_S)


def _with_exposure(trucks: Iterable[Rows]) -> list[Rows]:
    """Return what trucks have behind them; plans of before do not say what crews were exposed to."""
    return [{"exposure_ppm_s": 0, **row_} for row_ in trucks]


def _sorted(value: Any) -> Any:
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value


def _on(one: Rows, line: Rows) -> bool:
    """Return whether a line stands on the waybill that a row counts."""
    same = all(one[name] == line[name] for name in ("waybill", "place", "commodity"))
    return same and one["lot"] in ("", line["lot"])


def _meets(one: Rows, other: Rows) -> bool:
    """Return whether two rows count some of the same lines."""
    same = all(one[name] == other[name] for name in ("waybill", "place", "commodity"))
    return same and (one["lot"] == other["lot"] or "" in (one["lot"], other["lot"]))

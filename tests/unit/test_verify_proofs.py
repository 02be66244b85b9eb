"""The exact edges of what the verifier sums for proofs: numbers by hand, one unit on each side."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import numpy as np
import pytest

from safepassage.formats.plan import inputs_json
from safepassage.testing.tiny_plans import TinyCase
from safepassage_verify import verify_files
from safepassage_verify.buses import _drive_s, _empty_drives, _leaf_fault, check_plan, check_proof
from safepassage_verify.exposure_bound import NO_WAY, _paid, priced_exposure_bound
from safepassage_verify.files import UnreadableError
from safepassage_verify.layers import _folded, _joined, read_layers
from safepassage_verify.network import read_roads
from safepassage_verify.paths import Paths
from safepassage_verify.priced import PricedBound, _Graph
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.oracle.test_least_exposure import HORIZON_S, problem
from tests.unit.test_verify_breaks import codes, full_case

ARCS = [(1, 0, 10, 3600), (2, 1, 10, 3600)]
HAZARD = {0: [(0, HORIZON_S, 1000)], 1: [(0, HORIZON_S, 2000)]}


def document(homes, arcs=ARCS, hazard=HAZARD, site=0):
    return inputs_json.document(problem(arcs, hazard, homes, site))


def bound(inputs, by_s=600, prices=()):
    return priced_exposure_bound(inputs, "out", by_s, prices)


def test_without_prices_everybody_pays_the_hazard_of_the_way():
    assert bound(document({1: 1})) == 10_000
    assert bound(document({2: 3})) == 3 * 30_000
    assert bound(document({1: 1, 2: 3})) == 100_000


def test_a_home_at_the_first_node_counts():
    arcs = [(0, 1, 10, 3600), (1, 2, 10, 3600)]
    assert bound(document({0: 5}, arcs, site=2)) == 5 * 30_000


def test_who_has_no_way_pays_nothing():
    arcs = [*ARCS, (0, 3, 10, 3600)]
    assert bound(document({1: 1, 3: 4}, arcs)) == 10_000
    assert bound(document({1: 1}), by_s=9) == 0
    assert bound(document({1: 1}), by_s=10) == 10_000


@pytest.mark.parametrize(("by_s", "ok"), [(HORIZON_S, True), (HORIZON_S + 1, False), (0, True), (-1, False)])
def test_the_time_lies_on_the_grid(by_s, ok):
    if ok:
        bound(document({1: 1}), by_s)
        return
    with pytest.raises(ValueError, match="off the grid"):
        bound(document({1: 1}), by_s)


@pytest.mark.parametrize("row", [(0, -1, 10, 1), (0, 10, 10, 1), (0, 10, 9, 1)])
def test_an_interval_begins_and_ends_later(row):
    with pytest.raises(ValueError, match="interval"):
        bound(document({1: 1}), 600, [row])


def test_intervals_may_touch():
    bound(document({1: 1}), 600, [(0, 0, 10, 5), (0, 10, 20, 5)])


def roads_of(inputs):
    rules = inputs["rules"]
    found = read_roads(inputs["network"], inputs["horizon_s"], rules["movement_windows"], Findings())
    return found, rules


@pytest.mark.parametrize(
    ("rows", "by_s", "paid"),
    [
        # One car a second and a burst of one: ten seconds sell eleven entries.
        ([(0, 10, 7)], 600, 7 * 11),
        # Cut at the last second that counts, which still sells.
        ([(0, 10, 7)], 4, 7 * 6),
        ([(5, 10, 7)], 4, 0),
        ([(4, 10, 7)], 4, 7 * 2),
        # Two intervals apart pay a burst each; touching at one price they are one.
        ([(0, 10, 7), (20, 30, 7)], 600, 7 * 22),
        ([(0, 10, 7), (10, 20, 7)], 600, 7 * 21),
        # A burst more only for the rise.
        ([(0, 10, 7), (10, 20, 9)], 600, 7 * 11 + 9 * 10 + 2),
        ([(0, 10, 9), (10, 20, 7)], 600, 9 * 11 + 7 * 10),
        ([], 600, 0),
    ],
)  # fmt: skip
def test_what_entries_can_pay_at_most(rows, by_s, paid):
    roads, rules = roads_of(document({1: 1}))
    assert _paid(roads, 0, rows, by_s, rules) == paid


def test_cars_of_several_persons_pay_for_each():
    inputs = document({1: 1})
    inputs["rules"]["persons_per_car"] = 4
    roads, rules = roads_of(inputs)
    assert _paid(roads, 0, [(0, 10, 7)], 600, rules) == 4 * 7 * 11


def test_a_price_is_paid_while_it_holds_and_not_a_second_longer():
    inputs = document({1: 1})
    # The price of entering within 591 seconds, the last that arrives in time, cannot be waited out.
    every = [(0, 0, 591, 1000)]
    rate = 1000 * (591 + 1)
    assert bound(inputs, 600, every) == 10_000 + 1000 - rate
    shorter = [(0, 0, 590, 1000)]
    assert bound(inputs, 600, shorter) == 10_000 - 1000 * (590 + 1)


# -- bus proofs


def table(**changes):
    base = {
        "yard_to_pickup_s": [[10, 20]], "pickup_to_site_s": [[5, -1], [5, 5]],
        "site_to_pickup_s": [[5, 90], [5, 6]], "persons": [1, 1], "through": True,
    }  # fmt: skip
    return base | changes


@pytest.mark.parametrize(
    ("begin", "end", "drive_s"),
    [
        (("yard", 0), ("pickup", 1), 20), (("yard", 0), ("pickup", 2), -1),
        (("yard", 1), ("pickup", 0), -1), (("yard", 0), ("pickup", -1), -1),
        (("yard", -1), ("pickup", 0), -1), (("pickup", 0), ("site", 1), -1),
        (("site", 1), ("pickup", 1), 6), (("yard", 0), ("site", 0), -1),
    ],
)  # fmt: skip
def test_a_drive_is_in_the_table_or_there_is_none(begin, end, drive_s):
    assert _drive_s(table(), begin, end) == drive_s


def test_empty_drives_go_by_way_of_others_as_long_as_that_is_shorter():
    far = 1000
    chain = table(
        yard_to_pickup_s=[[1, far, far]], persons=[1, 1, 1],
        pickup_to_site_s=[[1, far, far], [far, 1, far], [far, far, 1]],
        site_to_pickup_s=[[1, 1, far], [far, 1, 1], [far, far, 1]],
    )  # fmt: skip
    back, start = _empty_drives(chain)
    # From the first site to the last pick-up: two passages and three drives.
    assert back.tolist()[0] == [1, 1, 3]
    assert start.tolist() == [[1, 3, 5]]
    back, start = _empty_drives(chain | {"through": False})
    assert back.tolist()[0] == [1, 1, far]
    assert start.tolist() == [[1, far, far]]


def test_a_price_of_nothing_on_what_has_no_limit_is_no_charge():
    from safepassage.formats.plan import bus_instance, bus_json
    from tests.unit.test_verify_buses import TEXT, improve, leaves

    case = bus_instance.read(TEXT)
    *_, outcome = improve(case)
    document_, proof = bus_json.problem_document(case), bus_json.proof_document(outcome.proof)
    for units, refused in ((0, False), (-1, True)):
        other = copy.deepcopy(proof)
        for leaf in leaves(other):
            leaf["prices"].append(["trips", 0, -1, 0, units])
        faults = check_proof(document_, other)
        assert any("no limit" in fault for fault in faults) is refused, faults
    assert callable(_leaf_fault)
    assert check_plan(document_, bus_json.plan_document(outcome.plan))[1] == []


# -- layers and ends


@pytest.mark.parametrize(("arc", "ok"), [(0, True), (-1, False), (10**6, False)])
def test_an_event_names_arcs_that_are_there(arc, ok):
    assert layered(arc) is ok


def test_the_arc_after_the_last_is_none():
    inputs, _, _ = full_case()
    last = len(inputs["network"]["arcs"]["tail"]) - 1
    assert layered(last)
    assert not layered(last + 1)


@pytest.mark.parametrize(
    ("zones", "ok"),
    [
        ([["z", ["e"]]], True),
        ([["z", ["other"]]], False),
        ([["z", ["e"]], ["y", ["e"]]], False),
        ([7], False),
    ],
)
def test_versions_of_a_zone_are_events_that_are_stated_once(zones, ok):
    assert layered(0, zone_versions=zones) is ok


def layered(arc, **more):
    inputs, _, _ = full_case()
    inputs["network"] |= more
    inputs["network"]["hazard_layer"] = "central"
    inputs["network"]["hazard_events"] = [["e", 1, 2, 3, 0, 100, [[arc, 1_000_000]]]]
    inputs["network"]["hazard"] = [[arc, [[0, 100, 2]]]]
    findings = Findings()
    snapshot = read_snapshot(full_case()[0], Findings())
    return read_layers(inputs, snapshot, findings) is not None and not findings.total


def test_where_events_overlap_the_highest_counts_rounded_up():
    events = [["a", 1, 10, 20, 0, 50, [[3, 1_000_000]]], ["b", 1, 7, 30, 25, 80, [[3, 500_000], [4, 1]]]]
    assert _folded(events, 2) == {3: _joined([[0, 50, 10], [50, 80, 4]]), 4: _joined([[25, 80, 1]])}
    assert _folded(events, 3)[3] == _joined([[0, 25, 20], [25, 50, 20], [50, 80, 15]])


def test_a_file_that_cannot_be_opened_is_told_in_the_words_of_the_system(tmp_path, monkeypatch):
    with pytest.raises(UnreadableError, match="File name too long"):
        verify_files(tmp_path / ("x" * 300 + "plan.json"))
    (tmp_path / "plan.json").write_text("{}")

    def fails(_path):
        raise OSError("without a number")

    monkeypatch.setattr("pathlib.Path.read_bytes", fails)
    with pytest.raises(UnreadableError, match="cannot be read: OSError"):
        verify_files(tmp_path)


def test_a_priced_arc_that_is_not_there_is_refused():
    inputs, plan, certificate = full_case()
    count = len(inputs["network"]["arcs"]["tail"])
    row = {"id": "all", "person_seconds": 1, "last_s": -1, "step_s": 60, "limit": 1, "sites": [],
           "people": [], "arcs": [{"arc": count, "persons": [], "road": []}]}  # fmt: skip
    certificate["priced"] = [row]
    assert codes(inputs, plan, certificate) & {"REFERENCE", "SCHEMA"}
    assert np.int64(NO_WAY) > 2**60


# -- priced bounds, part by part


def bare(**parts):
    """Return a priced bound of which only these parts are there."""
    made = object.__new__(PricedBound)
    for name, value in parts.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("sites", "arcs", "total"),
    [
        ([("s", 10)], [], 70), ([("s", 10), ("t", 4)], [5, 6], 81), ([("t", -1)], [5], 5),
        ([("s", -1)], [], None),
        ([("s", 0)], [0], 0), ([("s", 10)], [5, None], None),
    ],
)  # fmt: skip
def test_all_there_is_to_sell_is_added_up(sites, arcs, total):
    made = bare(
        sites=[SimpleNamespace(id=name, capacity_persons=room) for name, room in sites], _toll={"s": 7},
        listed=list(range(len(arcs))), _persons=[None] * len(arcs), _road=[None] * len(arcs),
    )  # fmt: skip
    made_class = type("Sold", (PricedBound,), {"_sold_on": lambda _self, arc, _persons, _road: arcs[arc]})
    made.__class__ = made_class
    assert made._sold() == total


@pytest.mark.parametrize(("limit_kg", "fits"), [(-1, True), (9, False), (10, True), (11, True)])
def test_a_vehicle_of_exactly_the_weight_limit_may_pass(limit_kg, fits):
    roads = SimpleNamespace(
        max_weight_kg=np.array([limit_kg]), ever_open=np.array([True]), modes=np.array([1]),
        directions=np.array([1]),
    )  # fmt: skip
    made = bare(roads=roads, _masks={}, snapshot=SimpleNamespace(bit=lambda _name: 1))
    assert made._arcs(1, "west", 10).tolist() == [fits]
    assert made._arcs(1, "west", 10).tolist() == [fits]


def gained(listed, *, persons=0, road=0, base=1):
    """Return what ten places of a bus of 2.5 cars can gain by second 35 when one arc has a price."""
    case = TinyCase(2, load_base_s=5, unload_base_s=5)
    case.arc(0, 1, persons_h=3600)
    case.arc(1, 0, persons_h=3600)
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 1, group="needs_transport")
    case.vehicle("b", base, units_mveh=2500, available_until_s=35)
    snapshot = read_snapshot(case.inputs(), Findings())
    prices = {"arc": listed, "persons": [[0, persons]], "road": [[0, road]]}
    claim = {"step_s": 10, "arcs": [prices], "sites": [], "people": []}
    found = PricedBound(snapshot, claim, Paths(snapshot.roads))
    return found.limit() - found._sold()


def test_an_empty_bus_pays_for_no_head_and_a_full_one_for_each_place():
    """Each place of the bus drives empty over arc 1 once and takes one person over arc 0 once."""
    assert gained(1, persons=7) == gained(1) > 0
    assert gained(0, persons=7) == gained(0) - 10 * 7


def test_each_place_of_a_bus_pays_its_share_of_the_road():
    """A quarter of a car each: 1,000 of a price of 4,000, to the last unit."""
    assert gained(0, road=4000) == gained(0) - 10 * 1000
    assert gained(1, road=4000) == gained(1) - 10 * 1000


def test_a_station_is_a_stop_only_when_it_is_said():
    graph = _Graph()
    assert [graph.station(), graph.station(stop=True), graph.station()] == [0, 1, 2]
    assert graph.stops == [False, True, False]


def test_gains_within_one_step_are_followed_to_the_last_station():
    """Three stations, each gaining from the next: two rounds of change and one that sees none."""
    value = np.zeros(4, dtype=np.int64)
    here = value[:3]
    near = np.array([0, 1]), np.array([1, 1]), np.array([1, 2])
    assert bare()._settle(here, near, value)
    assert here.tolist() == [2, 1, 0]
    circle = np.array([0, 1]), np.array([1, 1]), np.array([1, 0])
    assert not bare()._settle(here, circle, value)

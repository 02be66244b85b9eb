"""Whatever is broken in a plan that held is reported, under its own code and no other."""

from __future__ import annotations

import copy
import hashlib
import math

import pytest

from safepassage.testing.tiny_plans import FOOT, TinyCase, TinyPlan, canonical, item
from safepassage_verify import verify

SECOND_CAR_S = 999


def repr_short(value):
    """Name a value in a test id; a number with more digits than Python prints by its size."""
    return f"{value.bit_length()} bits" if isinstance(value, int) and value.bit_length() > 64 else repr(value)


def full_case():
    """Return inputs, plan and certificate with cars, a shuttling bus, a walk, reserves and a corridor.

    V (node 0) -> 1 -> S (node 2) takes 10 s each; the first arc lets one car pass per 1000 s. S -> V is a
    way back (arc 2). X (node 3) is reached from M (node 1) on foot (arc 3), east. Arc 4 is a way round V - S.
    """
    case = TinyCase(4)
    case.arc(0, 1, capacity_mveh_h=3600, modes=1)
    case.arc(1, 2, length_m=300)
    case.arc(2, 0, 20)
    case.arc(1, 3, 30, modes=FOOT, directions=2)
    case.arc(0, 2, 25, modes=2, length_m=500)
    case.hazard.append([1, [[0, 3600, 7]]])
    case.place("V", 0)
    case.site("S", 2, capacity_persons=50)
    case.site("X", 3, "east", capacity_persons=50)
    case.place("M", 1)
    case.demand("V", 8)
    case.demand("V", 15, group="needs_transport")
    case.demand("M", 2, group="assisted", direction="east")
    case.demand("M", 1, group="assisted", direction="stays")
    case.demand("V", 3, direction="undecided")
    case.vehicle("b", 0)
    inputs = case.inputs()
    plan = TinyPlan(inputs)
    narrow, back, round_ = plan.route(0, 1), plan.route(2), plan.route(4)
    plan.cars("V", "S", narrow, [(0, 4), (SECOND_CAR_S, 4)])
    plan.cars("V", "S", narrow, [(1999, 3)], reserve=True)
    plan.leg("b", round_, 5, item("V", 10, site="S"))
    plan.leg("b", back, 30)
    plan.leg("b", round_, 50, item("V", 4, site="S"))
    plan.ride(3, 40, item("M", 2, group="assisted", direction="east", site="X"))
    plan.corridors.append(corridor(narrow))
    stated = plan.plan()
    west, east = stated["directions"]
    west |= {"clearance_bound_s": 1019, "gap_ppm": 0, "bound_kind": "label_cut", "unserved_bound": 0}
    east |= {
        "clearance_bound_s": 30,
        "gap_ppm": 40 * 10**6 // 30,
        "bound_kind": "label_cut",
        "unserved_bound": 0,
    }
    return inputs, stated, certificate(stated["inputs_sha256"])


def corridor(route):
    return {
        "id": "k0",
        "direction": "west",
        "place": "V",
        "site": "S",
        "route": route,
        "length_m": 400,
        "travel_s": 20,
        "exposure_ppm_s": 70,
        "capacity_veh_h": 3,
        "bottleneck_arc": 0,
        "bottleneck_reason": "narrow",
        "alternative": 2,
        "alternative_shared_ppm": 0,
        "no_alternative": "",
        "cut_arcs": [],
    }


def certificate(inputs_sha256):
    """Return bounds worked out by hand.

    Cars by T = 1018: V is not early (label 0), node 1 is early until 1009, so arc 0 counts entries in
    [0, 999): 999 mveh and a burst of 1000 make one car of 4 persons. Seated by T = 24 and walkers by T = 29
    have less than their way takes.
    """

    def bound(direction, commodity, horizon_s, phi, persons, labels=()):
        kind = "fleet" if commodity == "seated" else "label_cut"
        return {
            "id": f"{direction}/{commodity}",
            "direction": direction,
            "kind": kind,
            "commodity": commodity,
            "persons": persons,
            "horizon_s": horizon_s,
            "phi": phi,
            "clearance_s": horizon_s + 1,
            "labels": [list(label) for label in labels],
            "extension": "distance",
        }

    def part(commodity, phi, labels=()):
        labels = [list(label) for label in labels]
        return {"commodity": commodity, "phi": phi, "labels": labels, "extension": "distance"}

    return {
        "schema": "safepassage.certificate/1",
        "class": "RESTRICTED",
        "inputs_sha256": inputs_sha256,
        "bounds": [
            bound("west", "cars", 1018, 4, 8, [(0, 0)]),
            bound("west", "seated", 24, 0, 14),
            bound("east", "persons", 29, 0, 2),
        ],
        "envelope": [
            # the bus: 10 places * (500 + 20) s, at 45 s a person, are more than the 15 there are
            {
                "direction": "west",
                "t_s": 500,
                "persons_at_most": 19,
                "parts": [part("cars", 4, [(0, 0)]), part("seated", 15)],
            },
            {"direction": "west", "t_s": 3600, "persons_at_most": 23, "parts": []},
            {"direction": "east", "t_s": 29, "persons_at_most": 0, "parts": [part("persons", 0)]},
        ],
    }


@pytest.fixture
def files():
    return full_case()


def codes(inputs, plan, certificate=None, *, rehash=True):
    """Return the violated codes, the hashes made right first unless told otherwise."""
    if rehash:
        digest = hashlib.sha256(canonical(inputs)).hexdigest()
        plan["inputs_sha256"] = digest
        if certificate is not None:
            certificate["inputs_sha256"] = digest
    return {violation.code for violation in verify(inputs, plan, certificate).violations}


def test_the_full_case_holds(files):
    verdict = verify(*files)
    assert verdict.violations == ()
    west, east = verdict.recomputed["directions"]
    assert (west["persons_served"], west["persons_unserved"], west["persons_reserved"]) == (22, 1, 3)
    # the second car of 4 persons leaves at 999; every car spends 10 s in hazard 7, buses go round it
    assert (west["clearance_s"], west["exposure_person_ppm_s"]) == (1019, 8 * 70)
    assert west["min_share_ppm"] == 22 * 10**6 // 23
    assert (east["persons_served"], east["clearance_s"], east["clearance_bound_s"]) == (2, 70, 30)


# Each breach: what is done to (inputs, plan, certificate), and all that must be said about it.
BREACHES = {
    # the files
    "another inputs hash in the plan": (lambda i, p, c: p.update(inputs_sha256="0" * 64), {"HASH"}),
    "another inputs hash in the certificate": (lambda i, p, c: c.update(inputs_sha256="0" * 64), {"HASH"}),
    "a changed input": (lambda i, p, c: i["network"].update(attribution="others"), {"HASH"}),
    "another case": (lambda i, p, c: p.update(case_id="other"), {"HEADER"}),
    "another time of reports": (lambda i, p, c: p.update(as_of="2024-08-16T02:42:00Z"), {"HEADER"}),
    "no exercise any more": (lambda i, p, c: p.update(exercise=False), {"HEADER"}),
    "another horizon": (lambda i, p, c: p.update(horizon_s=3601), {"HEADER"}),
    "another class": (lambda i, p, c: p.update({"class": "PUBLIC"}), {"SCHEMA"}),
    "another schema": (lambda i, p, c: i.update(schema="safepassage.inputs/2"), {"SCHEMA"}),
    # the network
    "a node that does not exist": (
        lambda i, p, c: i["network"]["arcs"]["head"].__setitem__(0, 4),
        {"REFERENCE"},
    ),
    "columns of unequal length": (lambda i, p, c: i["network"]["arcs"]["label"].pop(), {"INPUTS"}),
    "a profile with a gap": (
        lambda i, p, c: i["network"]["profiles"].append([0, [[0, 9, 1, 1, 1], [10, 3600, 1, 1, 1]]]),
        {"INPUTS"},
    ),
    "a profile twice": (
        lambda i, p, c: i["network"]["profiles"].extend([[0, [[0, 3600, 3600, -1, 10]]]] * 2),
        {"REFERENCE"},
    ),
    "hazards that overlap": (lambda i, p, c: i["network"]["hazard"][0][1].append([5, 9, 1]), {"INPUTS"}),
    "a place of an unknown direction": (lambda i, p, c: i["places"][1].update(direction="up"), {"REFERENCE"}),
    "a place twice": (lambda i, p, c: i["places"].append(dict(i["places"][3])), {"REFERENCE"}),
    "windows out of order": (
        lambda i, p, c: i["rules"].update(movement_windows=[[5, 3600], [0, 4]]),
        {"INPUTS"},
    ),
    "two departures of one second": (
        lambda i, p, c: i["network"]["timetables"].append([3, [[5, 9], [5, 9]]]),
        {"INPUTS"},
    ),
    "a piece of no time": (
        lambda i, p, c: i["network"]["profiles"].append(
            [0, [[a, b, 3600, -1, 10] for a, b in ((0, 5), (5, 5), (5, 3600))]]
        ),
        {"INPUTS"},
    ),
    "a window of no time": (
        lambda i, p, c: i["rules"].update(movement_windows=[[5, 5], [5, 3600]]),
        {"INPUTS"},
    ),
    # routes and permissions
    "a route with a gap": (lambda i, p, c: p["routes"][0]["arcs"].reverse(), {"ROUTE"}),
    "a route that starts elsewhere": (lambda i, p, c: p["routes"][1].update(from_node=1), {"ROUTE", "CHAIN"}),
    "an arc closed to cars": (lambda i, p, c: i["network"]["arcs"]["modes"].__setitem__(1, 2), {"MODE"}),
    "an arc closed to buses": (lambda i, p, c: i["network"]["arcs"]["modes"].__setitem__(2, 1), {"MODE"}),
    "a ride on a road": (lambda i, p, c: i["network"]["arcs"]["modes"].__setitem__(3, 3), {"MODE"}),
    "an arc closed to the direction": (
        lambda i, p, c: i["network"]["arcs"]["directions"].__setitem__(0, 2),
        {"DIRECTION"},
    ),
    "an arc closed to the direction of a bus": (
        lambda i, p, c: i["network"]["arcs"]["directions"].__setitem__(4, 2),
        {"DIRECTION"},
    ),
    "a link closed to the direction": (
        lambda i, p, c: i["network"]["arcs"]["directions"].__setitem__(3, 1),
        {"DIRECTION"},
    ),
    "an arc closed to empty vehicles": (
        lambda i, p, c: i["network"]["arcs"]["empty_ok"].__setitem__(2, 0),
        {"EMPTY"},
    ),
    "an arc that is closed": (
        lambda i, p, c: i["network"]["arcs"]["capacity_mveh_h"].__setitem__(4, 0),
        {"CLOSED", "CAPACITY", "CORRIDOR"},
    ),
    # people
    "cars from another place": (lambda i, p, c: p["cars"][1].update(place="M"), {"ENDS", "RESERVE"}),
    "cars to a site elsewhere": (lambda i, p, c: p["cars"][1].update(site="X"), {"ENDS", "SITE"}),
    "a site of the other direction": (
        lambda i, p, c: i["places"][1].update(direction="east"),
        {"SITE", "CORRIDOR"},
    ),
    "people with a car on a bus": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(group="own_vehicle"),
        {"GROUP", "CONSERVATION"},
    ),
    "boarding at another node": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(place="M"),
        {"BOARDING", "CONSERVATION"},
    ),
    "no pick-up at all": (lambda i, p, c: i["places"][0].update(pickup_node=-1), {"BOARDING"}),
    "a leg that ends at no site": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(site="V"),
        {"SITE"},
    ),
    "people who get off and stay there": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(site=""),
        {"TRANSFER", "CONSERVATION"},
    ),
    "people from nowhere": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(after="b-9"),
        {"TRANSFER"},
    ),
    "people from a leg that brought nobody on": (
        lambda i, p, c: p["vehicles"][0]["legs"][2]["load"][0].update(after="b-1"),
        {"TRANSFER"},
    ),
    "people who stay are moved": (lambda i, p, c: p["cars"][0].update(direction="stays"), {"STAYS"}),
    "undecided people are moved": (
        lambda i, p, c: p["link_rides"][0]["load"][0].update(direction="undecided"),
        {"STAYS"},
    ),
    "one person unserved too few": (lambda i, p, c: p["unserved"].clear(), {"CONSERVATION"}),
    "one person unserved too many": (lambda i, p, c: p["unserved"][0].update(persons=2), {"CONSERVATION"}),
    "somebody counted as served and unserved": (
        lambda i, p, c: p["unserved"].append(dict(p["unserved"][0], group="own_vehicle")),
        {"CONSERVATION"},
    ),
    "unserved people nobody asked for": (
        lambda i, p, c: p["unserved"].append(dict(p["unserved"][0], direction="east")),
        {"CONSERVATION"},
    ),
    "people unserved without a reason": (lambda i, p, c: p["unserved"][0].update(reason=""), {"REASON"}),
    "a reserve that is not planned": (lambda i, p, c: p["reserves"][0].update(reserved=2), {"RESERVE"}),
    "another number of undecided": (lambda i, p, c: p["reserves"][1].update(persons=2), {"RESERVE"}),
    "undecided people left out": (lambda i, p, c: p["reserves"].pop(), {"RESERVE"}),
    "a reserve twice": (lambda i, p, c: p["reserves"].append(p["reserves"][0]), {"RESERVE"}),
    # vehicles
    "an unknown vehicle": (lambda i, p, c: p["vehicles"][0].update(id="z"), {"REFERENCE"}),
    "a leg without its way back": (lambda i, p, c: p["vehicles"][0]["legs"].pop(1), {"CHAIN"}),
    "an early arrival": (lambda i, p, c: p["vehicles"][0]["legs"][1].update(arrive_s=49), {"ARRIVAL"}),
    "a late arrival": (lambda i, p, c: p["vehicles"][0]["legs"][1].update(arrive_s=51), {"ARRIVAL"}),
    "two legs of one id": (lambda i, p, c: p["vehicles"][0]["legs"][1].update(id="b-0"), {"REFERENCE"}),
    "a wait before the first arc": (
        lambda i, p, c: p["cars"][1]["departures"][0][2].append([0, 5]),
        {"REFERENCE"},
    ),
    "a wait after the last arc": (
        lambda i, p, c: p["cars"][1]["departures"][0][2].append([2, 5]),
        {"REFERENCE"},
    ),
    # corridors and those who stay
    "a longer corridor": (lambda i, p, c: p["corridors"][0].update(length_m=401), {"CORRIDOR"}),
    "a faster corridor": (lambda i, p, c: p["corridors"][0].update(travel_s=19), {"CORRIDOR"}),
    "a corridor with less exposure": (
        lambda i, p, c: p["corridors"][0].update(exposure_ppm_s=69),
        {"CORRIDOR"},
    ),
    "a corridor with more capacity": (
        lambda i, p, c: p["corridors"][0].update(capacity_veh_h=4),
        {"CORRIDOR"},
    ),
    "a bottleneck elsewhere": (lambda i, p, c: p["corridors"][0].update(bottleneck_arc=4), {"CORRIDOR"}),
    "a corridor to another site": (lambda i, p, c: p["corridors"][0].update(site="X"), {"CORRIDOR"}),
    "an alternative that is the same": (
        lambda i, p, c: p["corridors"][0].update(alternative=0, alternative_shared_ppm=10**6),
        {"CORRIDOR"},
    ),
    "an alternative that shares more": (
        lambda i, p, c: p["corridors"][0].update(alternative_shared_ppm=1),
        {"CORRIDOR"},
    ),
    "an alternative to another place": (
        lambda i, p, c: p["corridors"][0].update(alternative=1),
        {"CORRIDOR"},
    ),
    "no alternative and no reason": (
        lambda i, p, c: p["corridors"][0].update(alternative=-1, alternative_shared_ppm=-1),
        {"CORRIDOR"},
    ),
    "more people on hold than there are": (lambda i, p, c: p["hold"][0].update(persons=27), {"HOLD"}),
    "fewer people on hold than there are": (lambda i, p, c: p["hold"][0].update(persons=25), {"HOLD"}),
    "nobody on hold where people are": (lambda i, p, c: p["hold"].pop(), {"HOLD"}),
    "less than no water": (lambda i, p, c: p["hold"][0].update(water_l_day=-1), {"HOLD"}),
    "less than no food": (lambda i, p, c: p["hold"][0].update(food_kg_day=-1), {"HOLD"}),
    "a place on hold twice": (lambda i, p, c: p["hold"].append(p["hold"][0]), {"HOLD"}),
    "complete though it is not": (lambda i, p, c: p.update(complete=True), {"COMPLETE"}),
    # the certificate
    "no certificate": (lambda i, p, c: c.update(bounds=[]), {"CLEARANCE_BOUND"}),
    "a better bound than proven": (
        lambda i, p, c: c["bounds"][0].update(horizon_s=1019, clearance_s=1020),
        {"BOUND_SUM", "BOUND_CLAIM", "CLEARANCE_BOUND"},
    ),
    "a clearance that does not follow": (
        lambda i, p, c: c["bounds"][0].update(clearance_s=1020),
        {"BOUND_CLAIM", "CLEARANCE_BOUND"},
    ),
    "a bound for more than are served": (
        lambda i, p, c: c["bounds"][0].update(persons=9),
        {"BOUND_PERSONS", "CLEARANCE_BOUND"},
    ),
    "a bound for as many as can arrive": (
        lambda i, p, c: c["bounds"][0].update(persons=4),
        {"BOUND_CLAIM", "CLEARANCE_BOUND"},
    ),
    "another commodity": (
        lambda i, p, c: c["bounds"][0].update(commodity="persons", persons=22),
        {"BOUND_SUM", "BOUND_CLAIM", "CLEARANCE_BOUND"},
    ),
    "a label twice": (
        lambda i, p, c: c["bounds"][0]["labels"].append([0, 0]),
        {"REFERENCE", "CLEARANCE_BOUND"},
    ),
    "a label of no node": (
        lambda i, p, c: c["bounds"][0]["labels"].append([4, 0]),
        {"REFERENCE", "CLEARANCE_BOUND"},
    ),
    "a fleet bound with labels": (lambda i, p, c: c["bounds"][1]["labels"].append([0, 0]), {"BOUND_SUM"}),
    "a fleet bound that is a cut": (lambda i, p, c: c["bounds"][1].update(kind="label_cut"), {"BOUND_CLAIM"}),
    "a bound twice": (lambda i, p, c: c["bounds"].append(c["bounds"][0]), {"REFERENCE"}),
    "an unknown direction": (
        lambda i, p, c: c["bounds"][0].update(direction="up"),
        {"REFERENCE", "CLEARANCE_BOUND"},
    ),
    "an envelope point off the grid": (
        lambda i, p, c: c["envelope"][0].update(t_s=3601),
        {"REFERENCE", "ENVELOPE"},
    ),
    "an envelope that is too low": (
        lambda i, p, c: c["envelope"][0].update(persons_at_most=18),
        {"ENVELOPE"},
    ),
    "an envelope that is too high": (
        lambda i, p, c: c["envelope"][0].update(persons_at_most=20),
        {"ENVELOPE"},
    ),
    "an envelope part that is too low": (
        lambda i, p, c: c["envelope"][0]["parts"][0].update(phi=3),
        {"BOUND_SUM", "ENVELOPE"},
    ),
    "labels that go on from none": (
        lambda i, p, c: c["envelope"][2]["parts"][0].update(extension="before"),
        {"REFERENCE", "ENVELOPE"},
    ),
    "a bound that goes on from another": (
        lambda i, p, c: c["bounds"][0].update(extension="before"),
        {"SCHEMA"},
    ),
    "an envelope part twice": (
        lambda i, p, c: c["envelope"][0]["parts"].append(c["envelope"][0]["parts"][1]),
        {"ENVELOPE"},
    ),
    "an envelope point twice": (lambda i, p, c: c["envelope"].append(c["envelope"][0]), {"REFERENCE"}),
    "another bound on the unserved": (
        lambda i, p, c: p["directions"][0].update(unserved_bound=1),
        {"UNSERVED_BOUND"},
    ),
    "another gap": (lambda i, p, c: p["directions"][1].update(gap_ppm=1), {"CLEARANCE_BOUND"}),
    "another kind of bound": (
        lambda i, p, c: p["directions"][0].update(bound_kind="fleet"),
        {"CLEARANCE_BOUND"},
    ),
    "no bound stated": (
        lambda i, p, c: p["directions"][0].update(clearance_bound_s=None, gap_ppm=None, bound_kind=""),
        {"CLEARANCE_BOUND"},
    ),
}

# A breach that moves people or arrivals changes totals, bounds and corridors with them; these follow from it.
FOLLOWING = {
    "TOTALS",
    "BOUND_PERSONS",
    "CLEARANCE_BOUND",
    "BOUND_SUM",
    "BOUND_CLAIM",
    "ENVELOPE",
    "BOUND_CONTRADICTED",
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_reported_under_its_code(files, name):
    inputs, plan, certificate = (copy.deepcopy(part) for part in files)
    breach, expected = BREACHES[name]
    breach(inputs, plan, certificate)
    hashes = expected & {"HASH"}
    found = codes(inputs, plan, certificate, rehash=not hashes)
    assert found - FOLLOWING == expected - FOLLOWING
    assert found >= expected


TOTALS = (
    *("persons_demand", "persons_served", "persons_unserved", "persons_reserved"),
    *("clearance_s", "exposure_person_ppm_s", "min_share_ppm"),
)


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("name", TOTALS)
def test_a_total_that_is_off_by_one_is_rejected(files, name, change):
    inputs, plan, certificate = files
    plan["directions"][0][name] += change
    assert codes(inputs, plan, certificate) == {"TOTALS"}


@pytest.mark.parametrize("change", [-1, 1])
@pytest.mark.parametrize("bound", [0, 1, 2])
def test_a_sum_that_is_off_by_one_is_rejected(files, bound, change):
    inputs, plan, certificate = files
    certificate["bounds"][bound]["phi"] += change
    assert "BOUND_SUM" in codes(inputs, plan, certificate)


@pytest.mark.parametrize("change", [-1, 1])
def test_a_stated_bound_that_is_off_by_one_is_rejected(files, change):
    inputs, plan, certificate = files
    plan["directions"][0]["clearance_bound_s"] += change
    assert codes(inputs, plan, certificate) == {"CLEARANCE_BOUND"}


def test_a_plan_that_beats_a_bound_contradicts_it():
    """A certificate is held against the movements: here cars pass that its labels rule out."""
    inputs, plan, certificate = full_case()
    # two cars in the first second: the plan breaks the capacity rule, and so does what its bound rules out
    plan["cars"][0]["departures"][1][0] = 1
    found = codes(inputs, plan, certificate)
    assert {"CAPACITY", "BOUND_CONTRADICTED"} <= found


def test_directions_in_another_order_are_rejected(files):
    inputs, plan, certificate = files
    plan["directions"].reverse()
    assert "TOTALS" in codes(inputs, plan, certificate)


def test_hidden_people_are_missed():
    """Taking a movement away leaves people neither served nor unserved."""
    inputs, plan, certificate = full_case()
    plan["link_rides"].clear()
    assert "CONSERVATION" in codes(inputs, plan, certificate)


def test_people_do_not_change_between_vehicles_without_a_link():
    """The fleet bound follows seats from pick-ups to sites; changing buses would break its proof."""
    case = TinyCase(3)
    case.arc(0, 1)
    case.arc(1, 2)
    case.place("V", 0)
    case.site("S", 2)
    case.demand("V", 5, group="needs_transport")
    case.vehicle("a", 0)
    case.vehicle("b", 1)
    plan = TinyPlan(case.inputs())
    first = plan.leg("a", plan.route(0), 0, item("V", 5))
    plan.leg("b", plan.route(1), 20, item("V", 5, after=first, site="S"))
    assert codes(case.inputs(), plan.plan()) == {"TRANSFER"}


def test_legs_that_take_no_time_cannot_feed_each_other():
    case = TinyCase(1)
    case.place("V", 0)
    case.site("S", 0)
    case.demand("V", 5, group="needs_transport")
    for name in ("a", "b"):
        case.vehicle(name, 0)
    plan = TinyPlan(case.inputs())
    here = plan.route(at=0)
    plan.leg("a", here, 0, item("V", 5, after="b-0"))
    plan.leg("b", here, 0, item("V", 5, after="a-0"))
    assert codes(case.inputs(), plan.plan()) == {"TRANSFER"}


def test_where_histories_mix_the_higher_exposure_counts():
    """Ten people reach node 1, five over each of two roads: any may have come over the worse one."""
    case = TinyCase(3, exposure_cap_ppm_s=100)
    case.arc(0, 1)
    case.arc(0, 1)
    case.arc(1, 2, modes=FOOT)
    case.hazard += [[0, [[0, 3600, 10]]], [2, [[0, 3600, 1]]]]
    case.place("V", 0)
    case.site("S", 2)
    case.demand("V", 10, group="needs_transport")
    case.vehicle("a", 0)
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    legs = [plan.leg(name, plan.route(k), 0, item("V", 5)) for k, name in enumerate("ab")]
    plan.ride(2, 10, *(item("V", 5, after=leg, site="S") for leg in legs))
    verdict = verify(case.inputs(), plan.plan())
    assert [(v.code, v.where) for v in verdict.violations] == [("EXPOSURE_CAP", "plan.link_rides[0]")]
    assert verdict.recomputed["directions"][0]["exposure_person_ppm_s"] == 5 * 100 + 10 * 10


def test_without_anybody_served_there_is_no_bound():
    inputs, plan, certificate = full_case()
    plan["link_rides"].clear()
    plan["unserved"].append(
        {
            "place": "M",
            "direction": "east",
            "group": "assisted",
            "persons": 2,
            "reason": "UNSERVED_X",
            "detail": "",
        }
    )
    certificate["bounds"].pop()
    east = {"persons_served": 0, "persons_unserved": 2, "clearance_s": None, "min_share_ppm": 0}
    plan["directions"][1] |= east | {"clearance_bound_s": None, "gap_ppm": None, "bound_kind": ""}
    assert codes(inputs, plan, certificate) == set()
    plan["directions"][1]["clearance_bound_s"] = 30
    assert codes(inputs, plan, certificate) == {"CLEARANCE_BOUND"}


@pytest.mark.parametrize(
    "value", [None, True, 1.0, math.nan, math.inf, "1", -1, 2**70, 2**20000, [], {}], ids=repr_short
)
@pytest.mark.parametrize(
    "path",
    [
        ("plan", "cars", 0, "departures", 0, 0),
        ("plan", "cars", 0, "route"),
        ("plan", "vehicles", 0, "legs", 0, "arrive_s"),
        ("plan", "routes", 0, "arcs", 1),
        ("inputs", "network", "arcs", "travel_s", 2),
        ("inputs", "rules", "burst_mveh"),
        ("inputs", "network", "hazard", 0, 1, 0, 2),
        ("certificate", "bounds", 0, "horizon_s"),
        ("certificate", "bounds", 0, "labels", 0, 0),
    ],
)
def test_what_is_no_number_of_its_range_is_a_schema_violation(files, path, value):
    name, *steps, last = path
    at = dict(zip(("inputs", "plan", "certificate"), files, strict=True))[name]
    for step in steps:
        at = at[step]
    at[last] = value
    found = verify(*files)
    assert "SCHEMA" in found.counts
    assert "INTERNAL" not in found.counts
    assert not found.verified


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"schema": 1}, True, math.nan])
def test_what_is_no_plan_at_all_is_a_violation(files, value):
    for position in (0, 1, 2):
        if position == 2 and value is None:
            continue
        given = list(files)
        given[position] = value
        verdict = verify(*given)
        assert not verdict.verified
        assert "INTERNAL" not in verdict.counts


def test_violations_of_one_kind_are_listed_up_to_a_limit_and_counted():
    inputs, plan, certificate = full_case()
    plan["cars"][0]["departures"] = [[0, 9, []] for _ in range(200)]
    verdict = verify(inputs, plan, certificate)
    listed = [violation for violation in verdict.violations if violation.code == "CAR_LOAD"]
    assert verdict.counts["CAR_LOAD"] == 200
    assert len(listed) == 51
    assert listed[-1].message == "and 150 more of this kind"

"""Groups of people: shares by place, who takes them along, what they need, and what is refused."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.aid.catalogue import composition_of
from safepassage.domain.aid.commodity import Commodity, Norm, Rhythm, Unit
from safepassage.domain.aid.needs import for_whom
from safepassage.domain.aid.norms import COMMODITIES, FORMULA, NORMS
from safepassage.domain.aid.people_groups import (
    APART,
    GROUPS,
    PPM,
    GroupShare,
    PeopleGroup,
    composition,
    whole_persons,
)
from safepassage.domain.aid.stock import Consignment
from safepassage.domain.case import STAYS, Demand, DirectionBasis, Group, Settings
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.case_checks.case_group_checks import CHECKS
from safepassage.domain.problem import Where
from safepassage.engines.needs import Moved, needs_of, presence_of
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_template import write_template
from safepassage.testing.aid_cases import random_aid_case
from safepassage.testing.aid_district import aid_district
from tests.support.aids import gone_on, provided
from tests.support.sketch import Sketch

DAY_S = 86_400
INFANTS, ASSESSED, YOUNG = (
    PeopleGroup.INFANTS, PeopleGroup.INFANTS_NOT_BREASTFED, PeopleGroup.YOUNG_CHILDREN,
)  # fmt: skip
WOMEN, MOTHERS, OLDER = PeopleGroup.WOMEN_GIRLS, PeopleGroup.PREGNANT_BREASTFEEDING, PeopleGroup.OLDER
KIT = Commodity(id="kit", name="Kit", unit=Unit.PIECE, mass_g=1, volume_ml=1)


def share(group, ppm=None, *, place="", persons=None):
    return GroupShare(place=place, group=group, share_ppm=ppm, persons=persons)


def town_and_camps(*rows, persons=100):
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.road(0, 2)
    sketch.town("home", 0, persons)
    sketch.site("camp", 1)
    sketch.site("hall", 2)
    return replace(sketch.case(), people_groups=rows)


class TestShares:
    def test_a_place_is_heard_before_the_case_and_the_case_before_the_assumption(self):
        found = composition([share(OLDER, 300_000), share(OLDER, 400_000, place="b")], {"a": 10, "b": 10})
        assert found.ppm(OLDER) == {"": 300_000, "b": 400_000}
        assert found.ppm(YOUNG) == {"": GROUPS[YOUNG].share_ppm}
        assert (OLDER in found.assumed, YOUNG in found.assumed) == (False, True)

    def test_a_count_is_a_share_of_the_people_there(self):
        found = composition([share(INFANTS, persons=7, place="b")], {"b": 30})
        assert found.ppm(INFANTS)["b"] == 7 * PPM // 30

    def test_nobody_is_assumed_where_there_is_no_room_left(self):
        found = composition([share(OLDER, 950_000, place="home")], {"home": 40})
        here = {group: found.ppm(group).get("home", found.ppm(group)[""]) for group in GROUPS}
        assert sum(here[group] for group in APART) == PPM
        assert here[WOMEN] == 50_000 - here[INFANTS] - here[YOUNG]
        assert here[MOTHERS] <= here[WOMEN]
        assert composition([share(OLDER, PPM, place="home")], {"home": 40}).ppm(YOUNG)["home"] == 0

    def test_assessed_infants_are_never_assumed(self):
        assert composition([], {}).ppm(ASSESSED) == {"": 0}
        assert ASSESSED not in composition([], {}).assumed
        assert all(rule.source for rule in GROUPS.values())

    def test_counts_are_no_more_than_the_people_now_there(self):
        rows = [
            share(OLDER, persons=30, place="a"),
            share(WOMEN, persons=20, place="a"),
            share(OLDER, 1, place="b"),
        ]
        found = composition([*rows, share(ASSESSED, persons=5, place="b")], {"a": 40})
        assert {row.group: row.persons for row in found.shares if row.place == "a" and row.persons} == {
            OLDER: 30, WOMEN: 10,
        }  # fmt: skip
        assert not [row for row in found.shares if row.place == "b"]
        assert found.ppm(ASSESSED) == {"": 0}

    def test_no_built_in_norm_hands_out_formula(self):
        assert FORMULA in {good.id for good in COMMODITIES}
        assert FORMULA not in {norm.commodity for norm in NORMS}

    @given(st.integers(0, 5_000_000), st.lists(st.integers(0, PPM), min_size=len(APART), max_size=len(APART)))
    def test_whole_persons_by_group_add_up(self, people, weights):
        ppm = [weight * PPM // max(PPM, sum(weights)) for weight in weights]
        found = whole_persons(people, {g: people * p for g, p in zip(APART, ppm, strict=True)})
        assert sum(found.values()) == people
        for group, part in zip(APART, ppm, strict=True):
            assert abs(found[group] * PPM - people * part) < PPM

    def test_a_share_and_a_count_at_once_are_no_share(self):
        for wrong in (
            {"share_ppm": 1, "persons": 1, "place": "a"},
            {"place": "a"},
            {"persons": 1, "place": ""},
        ):
            with pytest.raises(ValueError, match=INFANTS):
                GroupShare(group=INFANTS, **wrong)


class TestPresence:
    @given(
        st.integers(0, PPM), st.lists(st.tuples(st.sampled_from(["camp", "hall"]), st.integers(0, 25),
                                                st.integers(0, 4 * DAY_S)), max_size=4),
    )  # fmt: skip
    def test_groups_go_along_and_nobody_is_lost(self, ppm, moves):
        case = town_and_camps(share(OLDER, ppm))
        moved = [Moved(place="home", site=site, persons=n, arrive_s=at) for site, n, at in moves]
        found = presence_of(case, moved, ends_s=range(DAY_S, 7 * DAY_S, DAY_S))
        assert (found.groups[OLDER] == found.persons * ppm).all()
        assert found.groups[OLDER][:, 5].sum() == 100 * ppm

    def test_a_site_has_what_those_who_come_bring_from_each_place(self):
        case = town_and_camps(share(OLDER, 500_000, place="home"), share(OLDER, 100_000))
        other = next(place for place in case.places if place.id == "home")
        case = replace(
            case, places=(*case.places, replace(other, id="farm")),
            demand=(*case.demand, replace(case.demand[0], place="farm", persons=20)),
        )  # fmt: skip
        moved = [
            Moved(place="home", site="camp", persons=10, arrive_s=DAY_S + 1),
            Moved(place="farm", site="camp", persons=20, arrive_s=DAY_S + 1),
        ]
        found = presence_of(case, moved, ends_s=range(DAY_S, 4 * DAY_S, DAY_S))
        by_place = dict(zip(found.places, found.of(OLDER).tolist(), strict=True))
        assert by_place == {"home": [50, 50, 45], "farm": [2, 2, 0], "camp": [0, 7, 7]}

    def test_needs_are_those_of_the_group(self):
        case = town_and_camps(share(YOUNG, 30_000), persons=110)
        norm = Norm(
            id="kit", commodity="kit", amount_milli=1_000, priority=1, rhythm=Rhythm.ONCE, for_group=YOUNG
        )
        moved = [Moved(place="home", site="camp", persons=55, arrive_s=DAY_S + 1)]
        table = needs_of(presence_of(case, moved, ends_s=range(DAY_S, 4 * DAY_S, DAY_S)), (norm,), (KIT,))
        rows = dict(zip(table.presence.places, table.amount_milli[:, :, 0].tolist(), strict=True))
        assert rows == {"home": [4_000, 0, 0], "camp": [0, 2_000, 0]}
        assert table.heads(0).tolist() == [[4, 0, 0], [0, 2, 0]]

    @given(st.lists(st.integers(0, 3_000), min_size=1, max_size=5), st.integers(0, PPM))
    def test_needs_by_commodity_are_the_sum_over_groups(self, people, ppm):
        case = town_and_camps(share(YOUNG, ppm // 2), share(OLDER, ppm // 3))
        there = presence_of(case, (), ends_s=(DAY_S,))
        rows = np.array([people], dtype=np.int64).T
        there = replace(
            there, places=tuple(map(str, people)), settings=there.settings * len(people), persons=rows,
            groups={group: rows * (micro[0, 0] // 100) for group, micro in there.groups.items()},
        )  # fmt: skip
        norms = tuple(
            Norm(id=str(group), commodity="kit", amount_milli=amount, priority=1, for_group=group)
            for group, amount in ((None, 1_000), (YOUNG, 2_000), (OLDER, 3_000))
        )
        whole = needs_of(there, norms, (KIT,)).by_commodity()
        assert (whole == sum(needs_of(there, (norm,), (KIT,)).by_commodity() for norm in norms)).all()

    def test_groups_in_words(self):
        assert for_whom(()) == "everybody"
        assert for_whom(("infants", "aliens")) == "infants of 0 to 5 months; aliens"


def checked(groups=(), norms=()):
    def located(rows):
        where = (Where(file="x.csv", row=k) for k, _ in enumerate(rows, start=2))
        return tuple(Located(value=row, where=at) for row, at in zip(rows, where, strict=True))

    crowd = Demand(
        place="a", direction=STAYS, group=Group.NEEDS_TRANSPORT, persons=50, basis=DirectionBasis.EXERCISE
    )
    draft = CaseDraft(
        file="case", exercise=True, settings=Settings(), ids={},
        complete=frozenset({"demand", "people_groups"}),
        demand=located([crowd]), people_groups=located(groups), norms=located(norms),
    )  # fmt: skip
    return [problem for check in CHECKS for problem in check(draft)]


FORMULA_NORM = Norm(id="f", commodity=FORMULA, amount_milli=150, priority=1, for_group=ASSESSED)


@pytest.mark.parametrize(
    ("groups", "norms", "code", "column"),
    [
        ([share(WOMEN, 600_000), share(OLDER, 500_000)], [], "GROUP_OVER", "group"),
        ([share(OLDER, persons=51, place="a")], [], "GROUP_OVER", "group"),
        ([share(OLDER, persons=1, place="b")], [], "GROUP_OVER", "group"),
        ([share(OLDER, persons=26, place="a"), share(WOMEN, 500_000, place="a")], [], "GROUP_OVER", "group"),
        ([share(WOMEN, 10_000), share(MOTHERS, 20_000)], [], "GROUP_OVER", "group"),
        ([share(ASSESSED, persons=51, place="a")], [], "GROUP_OVER", "group"),
        ([share(OLDER, 1), share(OLDER, 2)], [], "GROUP_TWICE", "group"),
        ([], [FORMULA_NORM], "GROUP_UNCOUNTED", "for_group"),
        ([], [replace(FORMULA_NORM, for_group=INFANTS)], "FORMULA_FOR_ALL", "for_group"),
        ([], [replace(FORMULA_NORM, for_group=None)], "FORMULA_FOR_ALL", "for_group"),
    ],
)
def test_each_fault_has_one_message(groups, norms, code, column):
    (found,) = checked(groups, norms)
    assert (found.code, found.where.column, found.where.row >= 2) == (code, column, True)
    assert found.hint


def test_what_fits_is_not_pointed_at():
    groups = [share(OLDER, persons=25, place="a"), share(WOMEN, 500_000, place="a"), share(OLDER, PPM)]
    assert checked([*groups, share(ASSESSED, persons=1, place="a")], [FORMULA_NORM]) == []


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("alder,elders,0.1,", "WORD_UNKNOWN", "group"),
        ("alder,older,1.1,", "NUMBER_TOO_LARGE", "share"),
        ("alder,older,,", "GROUP_SHARE", "share"),
        ("alder,older,0.1,3", "GROUP_SHARE", "share"),
        (",older,,3", "GROUP_SHARE", "place"),
        ("nowhere,older,0.1,", "REFERENCE_UNKNOWN", "place"),
    ],
)
def test_a_row_that_cannot_be_read_says_where(tmp_path, row, code, column):
    write_template(tmp_path / "case", xlsx=False)
    table = tmp_path / "case" / "people_groups.csv"
    table.write_text(f"place,group,share,persons\n{row}\n")
    (tmp_path / "case" / "norms.csv").unlink()
    (found,) = [one for one in read_case(tmp_path / "case").problems if "people_groups" in str(one.where)]
    assert (found.code, found.where.column, found.where.row) == (code, column, 2)
    assert found.hint


def test_the_template_counts_groups(tmp_path):
    write_template(tmp_path / "case", xlsx=False)
    case = read_case(tmp_path / "case").case
    shares = composition_of(case.people_groups, case.demand)
    assert shares.ppm(OLDER)["birch-home"] == PPM
    assert shares.ppm(YOUNG)["birch-home"] == 0
    assert shares.ppm(ASSESSED)["cedar"] == 3 * PPM // 225


SEED = 0
"""A case with groups in which somebody needs what the group norms ask for."""


@pytest.fixture(scope="module")
def planned():
    return provided(*random_aid_case(SEED))


def groups_of(plan):
    return plan.inputs["aid"]["groups"]


def more_of_a_group(plan):
    next(row for row in groups_of(plan) if row["group"] == "women_girls")["share_ppm"] += 200_000


def another_count(plan):
    next(row for row in groups_of(plan) if row["persons"] > 0)["persons"] -= 1


def a_group_left_out(plan):
    plan.inputs["aid"]["groups"] = [row for row in groups_of(plan) if row["group"] != "women_girls"]


def a_norm_for_everybody(plan):
    for norm in plan.inputs["aid"]["norms"]:
        norm.pop("for_group", None)


def a_need_of_others(plan):
    next(row for row in plan.aid["given"]["needs"] if "groups" in row)["groups"] = ["older"]


def a_need_of_everybody(plan):
    del next(row for row in plan.aid["given"]["needs"] if "groups" in row)["groups"]


def more_than_there_are(plan):
    next(row for row in groups_of(plan) if row["persons"] >= 0)["persons"] = 10**6


def neither(plan):
    next(row for row in groups_of(plan) if row["persons"] >= 0)["persons"] = -1


def twice(plan):
    groups_of(plan).append(groups_of(plan)[0])


def elsewhere(plan):
    groups_of(plan)[-1]["place"] = "atlantis"


def no_table(plan):
    plan.inputs["aid"]["groups"] = [7]


def no_texts(plan):
    next(row for row in plan.aid["given"]["needs"] if "groups" in row)["groups"] = [7]


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        (more_of_a_group, "AID_GIVEN"), (another_count, "AID_GIVEN"), (a_group_left_out, "REFERENCE"),
        (a_norm_for_everybody, "AID_GIVEN"), (a_need_of_others, "AID_GIVEN"),
        (a_need_of_everybody, "AID_GIVEN"),
        (more_than_there_are, "INPUTS"), (neither, "INPUTS"), (twice, "REFERENCE"), (elsewhere, "REFERENCE"),
        (no_table, "SCHEMA"), (no_texts, "SCHEMA"),
    ],
)  # fmt: skip
def test_what_is_done_to_groups_is_found(planned, breaks, code):
    plan = replace(planned, inputs=copy.deepcopy(planned.inputs), aid=copy.deepcopy(planned.aid))
    assert plan.verdict().violations == ()
    breaks(plan)
    assert code in plan.codes()


@pytest.mark.slow
def test_a_district_goes_on_with_groups_and_goods_that_keep_a_day():
    """What came too much on the first day is not counted for the second, by planner and verifier alike."""
    case, network = aid_district(3, 3, 3, persons=900, arcs=400)
    good = next(good for good in COMMODITIES if good.id == "food_ration")
    case = replace(case, commodities=(replace(good, shelf_days=1),), people_groups=(share(YOUNG, 40_000),))
    first = provided(case, network)
    now_s = DAY_S + 1
    line = next(
        row for row in gone_on(case, network, now_s)[1].aid["since"]["brought"]
        if row["commodity"] == "food_ration"
    )  # fmt: skip
    counted = Consignment(
        waybill=line["waybill"], depot=case.stock[0].depot, place=line["place"], commodity="food_ration",
        lot=line["lot"], dispatched_milli=10**9, received_milli=10**9, received_s=now_s - 1,
    )  # fmt: skip
    _, later = gone_on(case, network, now_s, later=replace(case, consignments=(counted,)))
    assert first.verdict().violations == ()
    assert later.verdict().violations == ()
    mine = [
        row for row in later.aid["given"]["needs"]
        if (row["place"], row["commodity"]) == (line["place"], "food_ration")
    ]  # fmt: skip
    assert [row["due"] for row in mine] == [1, 2]
    later.inputs["aid"]["commodities"] = [
        {**row, "shelf_days": 0} if row["id"] == "food_ration" else row
        for row in later.inputs["aid"]["commodities"]
    ]
    assert "AID_GIVEN" in later.codes()


def test_a_place_that_is_counted_anew_and_smaller_keeps_its_plan(planned):
    """Groups were counted before, the demand after: the verifier sees counts of those who are there."""
    case, network = random_aid_case(SEED)
    place = next(row.place for row in case.people_groups if row.persons and row.persons > 1)
    one = next(row for row in case.demand if row.place == place)
    demand = tuple(row for row in case.demand if row.place != place)
    fewer = provided(replace(case, demand=(*demand, replace(one, persons=1))), network)
    assert fewer.verdict().violations == ()
    nobody = provided(replace(case, demand=demand), network)
    assert nobody.verdict().violations == ()

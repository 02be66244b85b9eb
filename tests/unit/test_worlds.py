"""Worlds: draws keep to the reports, and a plan in the world it was made for does what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.errors import FormatError
from safepassage.domain.provenance import Provenance
from safepassage.domain.worlds import PPM, Chances, Fact, FactKind
from safepassage.engines.worlds import (
    Outcomes,
    Question,
    Reported,
    doubts,
    evaluated,
    facts,
    forced,
    movements,
    sheet,
    slices,
    with_margin,
)
from safepassage.engines.worlds.draws import Lot, truths
from safepassage.formats.plan import inputs_json, plan_json, worlds_json
from safepassage.kernels.worlds.world_draws import stratified_ppm, stratum, uniform_ppm
from safepassage.kernels.worlds.world_tally import Arrivals, Turnout, tallied
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window

CERTAIN = Chances(
    shut_gate_ppm=0, shut_road_ppm=0, early_ppm=0, breakdown_day_ppm=0, stay_share_most=0, slow_share_most=0
)
N = np.arange(4_000, dtype=np.int64)
LOT = Lot(seed=0, n=len(N), worlds=N)


def two_ways():
    """A town between two ways to one site, a bus, and what is reported on the near way."""
    sketch = Sketch(4)
    sketch.road(0, 1, travel_s=300)
    sketch.road(1, 3, travel_s=300)
    sketch.road(0, 2, travel_s=600)
    sketch.road(2, 3, travel_s=600)
    sketch.town("home", 0, 30)
    sketch.people("home", 40, group="needs_transport")
    sketch.site("camp", 3)
    sketch.buses("bus", "home", seats=20)
    return sketch


def question(sketch, chances=CERTAIN, *, extra=(), seed=0, worlds=256):
    made = accepted(sketch)
    problem, document = made.planned.problem, made.plan
    schedule, corridors = plan_json.parsed_schedule(document), plan_json.parsed_corridors(document)
    return (
        Question(
            problem=problem, movements=movements(problem, schedule, corridors),
            facts=(*facts(problem, schedule, corridors, chances), *extra), chances=chances, seed=seed,
            worlds=worlds,
        ),
        made,
    )  # fmt: skip


def shut(*arcs, ppm=PPM):
    return Fact(id="x", kind=FactKind.SHUT, words="x is shut", arcs=arcs, ppm=(ppm,) * 3)


class TestDraws:
    def test_they_are_the_same_in_any_slice(self):
        whole = uniform_ppm(7, "a", N)
        assert np.array_equal(whole[100:200], uniform_ppm(7, "a", N[100:200]))
        assert not np.array_equal(whole, uniform_ppm(8, "a", N))
        assert not np.array_equal(whole, uniform_ppm(7, "b", N))

    @pytest.mark.parametrize("ppm", [(0, 0, 0), (20_000, 100_000, 400_000), (PPM, PPM, PPM)])
    def test_a_fact_is_true_as_often_as_reported_within_sampling_error(self, ppm):
        fact = Fact(id="f", kind=FactKind.HAZARD, words="f", arcs=(), ppm=ppm)
        expected = (ppm[0] + 2 * ppm[1] + ppm[2]) / 4 / PPM
        assert abs(truths([fact], LOT).mean() - expected) <= 0.01

    @pytest.mark.parametrize("ppm", [0, 1_000, 30_000, 500_000, PPM])
    def test_a_fact_with_one_figure_is_true_in_its_share_of_worlds_to_within_one(self, ppm):
        fact = Fact(id="f", kind=FactKind.SHUT, words="f", arcs=(), ppm=(ppm,) * 3)
        assert abs(int(truths([fact], LOT).sum()) - ppm * len(N) // PPM) <= 1

    @pytest.mark.parametrize("n", [1, 2, 3, 64, 1_000, 4_097])
    def test_strata_are_a_permutation_that_can_be_asked_in_part(self, n):
        worlds = np.arange(n, dtype=np.int64)
        found = stratum(3, "a", worlds, n)
        assert sorted(found.tolist()) == worlds.tolist()
        assert np.array_equal(found[n // 2 :], stratum(3, "a", worlds[n // 2 :], n))

    def test_draws_of_two_names_do_not_go_together(self):
        found = [
            np.corrcoef(stratified_ppm(0, f"a{k}", N, len(N)), stratified_ppm(0, f"b{k}", N, len(N)))[0, 1]
            for k in range(50)
        ]
        assert 0.8 < np.std(found) * len(N) ** 0.5 < 1.25

    def test_what_one_voice_says_is_weighed_at_one_level_and_keeps_its_share(self):
        def fact(name, *voices):
            ppm = (0, 500_000, PPM)
            return Fact(id=name, kind=FactKind.HAZARD, words="", arcs=(), ppm=ppm, voices=voices)

        found = truths([fact("a", "side x", "origin y"), fact("b", "side x", "origin z"), fact("c")], LOT)
        assert (abs(found.mean(axis=0) - 0.5) < 0.02).all()
        together = np.corrcoef(found.T.astype(float))
        assert together[0, 1] > 0.05 > abs(together[0, 2])

    def test_facts_of_one_origin_stand_or_fall_together_and_others_do_not(self):
        def fact(name, ppm, origin):
            ppms = (ppm,) * 3
            return Fact(
                id=name, kind=FactKind.HAZARD, words="", arcs=(), ppm=ppms, voices=(origin,) if origin else ()
            )

        found = truths([fact("a", 300_000, "o"), fact("b", 500_000, "o"), fact("c", 500_000, "p")], LOT)
        assert (found[:, 1] | ~found[:, 0]).all()
        assert 0.1 < (found[:, 1] & ~found[:, 2]).mean() < 0.4

    def test_versions_of_a_zone_are_nested_whoever_tells_them_and_keep_their_shares(self):
        def fact(name, voice, *ppm):
            voices = (voice, f"{voice} too")
            return Fact(id=name, kind=FactKind.HAZARD, words="", arcs=(), ppm=ppm, voices=voices, zone="zone")

        narrow, wide = (
            fact("narrow", "p", 100_000, 200_000, 300_000),
            fact("wide", "o", 300_000, 500_000, 900_000),
        )
        found = truths([narrow, wide], LOT)
        assert (found[:, 1] | ~found[:, 0]).all()
        assert np.allclose(found.mean(axis=0), [0.2, 0.55], atol=0.01)

    def test_two_drawings_of_one_zone_stand_in_the_inputs_and_in_the_facts(self):
        sketch = two_ways()
        for end, source in ((1.0, "one office"), (2.0, "another")):
            where = Provenance(source=source)
            sketch.area(0.2, end, 200_000, version_of="zone", provenance=where)
        sketch.area(0.2, 0.4, 100_000, version_of="told once")
        asked, made = question(sketch)
        read = inputs_json.parse(inputs_json.document(made.planned.problem))
        assert {event.id: event.zone for event in read.network.events} == {
            "h0": "zone",
            "h1": "zone",
            "h2": "told once",
        }
        zones = {fact.id: fact.zone for fact in asked.facts if fact.kind == FactKind.HAZARD}
        assert zones["event h0"] == zones["event h1"] == "zone"
        found = truths(asked.facts, LOT)
        first, second = ([f.id for f in asked.facts].index(f"event h{k}") for k in (0, 1))
        assert np.array_equal(found[:, first], found[:, second])

    def test_probabilities_that_shrink_from_low_to_high_are_refused(self):
        with pytest.raises(ValueError, match="grow"):
            Fact(id="f", kind=FactKind.SHUT, words="", arcs=(), ppm=(2, 1, 3))


class TestRuns:
    def test_where_all_is_as_planned_everybody_arrives_when_the_plan_says(self):
        asked, made = question(two_ways())
        found = evaluated(asked, 0, 3)
        west = made.direction("west")
        assert found.out[:, 0].tolist() == [west["persons_served"]] * 3
        assert found.last_s[:, 0].tolist() == [west["clearance_s"]] * 3
        assert (found.broken == 0).all()
        assert (found.rerouted == 0).all()

    def test_who_has_another_way_takes_it_and_who_has_none_breaks_off(self):
        asked, made = question(two_ways())
        near = set(asked.movements.trips.arcs.tolist())
        found = evaluated(question(two_ways(), extra=(shut(min(near)),))[0], 0, 1)
        other = len(asked.movements.trips.other) > 0
        assert (found.rerouted[0] > 0) == other
        everything = shut(*range(len(made.planned.problem.network.arcs)))
        none = evaluated(question(two_ways(), extra=(everything,))[0], 0, 1)
        assert none.out.sum() == 0
        assert none.last_s[:, 0].tolist() == [-1]

    def test_a_gate_that_closes_early_makes_people_wait_or_stay(self):
        sketch = Sketch(3)
        sketch.road(0, 1, travel_s=60)
        sketch.road(1, 2, travel_s=60)
        sketch.town("home", 0, 30)
        sketch.site("camp", 2)
        sketch.crossing("gate", 1, vehicles_h=20)
        sketch.arrangement(window(0, 4_000), window(20_000, 40_000), places=("gate",))
        early = Chances(
            shut_gate_ppm=0, shut_road_ppm=0, early_ppm=PPM, early_share_most=1_000, breakdown_day_ppm=0,
            stay_share_most=0, slow_share_most=0,
        )  # fmt: skip
        asked, made = question(sketch, early)
        found = evaluated(asked, 0, 64)
        assert found.last_s.max() > made.direction("west")["clearance_s"] or (found.out < 30).any()
        assert (found.out <= 30).all()

    def test_a_vehicle_that_fails_brings_nobody_afterwards(self):
        failing = Chances(
            shut_gate_ppm=0, shut_road_ppm=0, early_ppm=0, breakdown_day_ppm=PPM, stay_share_most=0,
            slow_share_most=0,
        )  # fmt: skip
        asked, made = question(two_ways(), failing)
        found = evaluated(asked, 0, 256)
        assert found.out[:, 0].min() >= 30
        assert found.out[:, 0].min() < made.direction("west")["persons_served"]

    def test_who_stays_after_all_is_missed_by_nobody(self):
        staying = Chances(
            shut_gate_ppm=0, shut_road_ppm=0, early_ppm=0, breakdown_day_ppm=0, stay_share_most=500,
            slow_share_most=0,
        )  # fmt: skip
        found = evaluated(question(two_ways(), staying)[0], 0, 64)
        assert (found.out == found.came).all()
        assert found.came.min() < found.came.max()
        assert (found.last_s[:, 0] >= 0).all()

    def test_who_has_no_car_takes_the_seat_of_who_stays_or_is_left_behind(self):
        lacking = replace(CERTAIN, carless_share_most=1_000)
        asked, made = question(two_ways(), lacking, worlds=64)
        found = evaluated(asked, 0, 64)
        cars = sum(row.persons for row in asked.movements.arriving if row.own_car)
        served = made.direction("west")["persons_served"]
        assert 0 < cars < served
        assert abs(served - found.out[:, 0].mean() - cars / 2) <= 1
        assert found.last_s[:, 0].tolist().count(-1) >= 63
        staying = evaluated(
            question(two_ways(), replace(lacking, stay_share_most=1_000), worlds=64)[0], 0, 64
        )
        assert (staying.out <= staying.came).all()
        assert ((staying.out == staying.came) & (staying.came < served)).any()

    @settings(max_examples=25, deadline=None)
    @given(st.sets(st.integers(0, 7), max_size=4), st.integers(0, 7))
    def test_shutting_more_brings_nobody_more_out(self, arcs, more):
        asked, _ = question(two_ways())
        some = Question(
            problem=asked.problem,
            movements=asked.movements,
            facts=(shut(*arcs),),
            chances=CERTAIN,
            seed=0,
            worlds=256,
        )
        all_ = Question(
            problem=asked.problem,
            movements=asked.movements,
            facts=(shut(*arcs, more),),
            chances=CERTAIN,
            seed=0,
            worlds=256,
        )
        assert (evaluated(all_, 0, 1).out <= evaluated(some, 0, 1).out).all()


class TestSheet:
    def test_slices_joined_are_the_whole(self):
        asked, _ = question(two_ways(), Chances())
        parts = [evaluated(asked, *bounds) for bounds in slices(150)]
        whole = evaluated(asked, 0, 150)
        assert np.array_equal(Outcomes.joined(parts).out, whole.out)
        assert sheet(asked, Outcomes.joined(parts)) == sheet(asked, whole)

    def test_persons_out_grow_with_time_to_all_who_are_out(self):
        asked, made = question(two_ways(), Chances())
        clearance = made.direction("west")["clearance_s"]
        asked = replace(asked, planned_last_s={"west": clearance})
        assert asked.seconds[-1] == clearance * 11 // 10
        found = evaluated(asked, 0, 64)
        assert (np.diff(found.out_by, axis=2) >= 0).all()
        assert (found.out_by <= found.out[:, :, None]).all()
        late = found.last_s[:, 0] > asked.seconds[-1]
        whole = (found.last_s[:, 0] >= 0) & ~late
        assert whole.any()
        assert (found.out_by[whole, 0, -1] == found.out[whole, 0]).all()
        rows = sheet(asked, found).directions[0].out_by
        assert all(tail <= mean for _, mean, tail in rows)
        assert [row[0] for row in rows] == asked.seconds

    def test_what_matters_most_is_confirmed_first(self):
        asked, made = question(two_ways())
        n_arcs = len(made.planned.problem.network.arcs)
        half = Fact(id="all", kind=FactKind.SHUT, words="all", arcs=tuple(range(n_arcs)), ppm=(500_000,) * 3)
        idle = Fact(id="idle", kind=FactKind.HAZARD, words="idle", arcs=(), ppm=(500_000,) * 3)
        both = Question(
            problem=asked.problem,
            movements=asked.movements,
            facts=(idle, half),
            chances=CERTAIN,
            seed=0,
            worlds=256,
        )
        outcomes = evaluated(both, 0, 200)
        asked = doubts(both, outcomes)
        found = sheet(both, outcomes, asked, forced(both, asked, 0, 64))
        assert [row.fact.id for row in found.confirm] == ["all"]
        assert found.confirm[0].difference == made.direction("west")["persons_served"]
        assert found.directions[0].out_least == 0
        assert found.confirm[0].paired == 64

    def test_both_answers_differ_in_nothing_but_the_doubt(self):
        asked, _ = question(two_ways(), Chances(), extra=(shut(0, ppm=500_000),))
        k = [fact.id for fact in asked.facts].index("x")
        answers = forced(asked, (k,), 64, 128)
        as_drawn = evaluated(asked, 64, 128)
        so = as_drawn.true[:, k].astype(int)
        assert np.array_equal(answers[np.arange(64), 0, so], as_drawn.out.sum(axis=1))
        assert (answers[:, 0, 1] <= answers[:, 0, 0]).all()

    def test_a_road_of_unknown_status_is_likelier_shut_and_says_so(self):
        asked, made = question(two_ways())
        problem, document = asked.problem, made.plan
        plan = plan_json.parsed_schedule(document), plan_json.parsed_corridors(document)
        every = frozenset(range(len(problem.network.arcs)))
        plain, unknown, restricted = (
            {row.ppm[1] for row in facts(problem, *plan, Chances(), reported) if row.kind == FactKind.SHUT}
            for reported in (Reported(), Reported(unknown=every), Reported(restricted=every))
        )
        assert (plain, unknown, restricted) == ({10_000}, {200_000}, {50_000})

    def test_undecided_come_in_one_direction_only_and_no_more_than_are_held_for(self):
        sketch = two_ways()
        sketch.people("home", 12, direction="undecided")
        asked, _ = question(sketch, Chances())
        held = sum(row.persons for row in asked.movements.arriving if row.reserve)
        found = evaluated(asked, 0, 64).undecided
        assert held > 0
        assert (found[:, 1] <= found[:, 0]).all()
        assert 0 < found[:, 0].max() <= held


class TestChances:
    def test_a_file_changes_what_it_names(self):
        found = worlds_json.read_chances(b"early_ppm = 5\n", file="c.toml")
        assert (found.early_ppm, found.shut_road_ppm) == (5, Chances().shut_road_ppm)

    @pytest.mark.parametrize("data", [b"early_ppm = ", b"\xff", b"speed = 1\n", b"stay_share_most = 2000\n"])
    def test_a_file_that_says_nothing_known_is_one_sentence(self, data):
        with pytest.raises(FormatError, match=r"c\.toml"):
            worlds_json.read_chances(data, file="c.toml")


class TestHedges:
    def test_a_margin_closes_the_end_of_each_window_and_leaves_the_rest(self):
        sketch = Sketch(3)
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.town("home", 0, 5)
        sketch.site("camp", 2)
        sketch.crossing("gate", 1)
        sketch.arrangement(window(0, 1_000), window(4_000, 6_000), places=("gate",))
        problem = accepted(sketch).planned.problem
        found = with_margin(problem, 250)
        gate = next(arc for arc in problem.network.profiles if problem.network.arcs.gate[arc])

        def opened(one):
            pieces = one.network.profiles[gate]
            return sum(p.until_s - p.from_s for p in pieces if p.capacity_mveh_h > 0 and p.persons_h != 0)

        assert opened(problem) == 3_000
        assert opened(found) == 750 + 1_500
        assert with_margin(problem, 0).network.profiles == problem.network.profiles


@st.composite
def arrivals(draw):
    """Rows of persons of two places in two directions, brought by up to three of five movements."""
    rows = draw(st.lists(st.tuples(*[st.integers(0, 4)] * 2, *[st.integers(0, 1)] * 4), max_size=8))
    return [
        (m, tuple({b} - {m}), place, d, 10 * (m + 1), bool(r), bool(own)) for m, b, place, d, r, own in rows
    ]


class TestTally:
    @settings(max_examples=60, deadline=None)
    @given(arrivals(), st.integers(0, 2**32))
    def test_it_counts_as_one_would_by_hand(self, rows, seed):
        random = np.random.default_rng(seed)
        arrive = random.integers(-9, 50, (3, 5)).clip(-1)
        coming, carless = random.integers(500, 1_001, (3, 2)), random.integers(0, 500, (3, 2))
        undecided, seconds = random.integers(0, 1_001, (3, 2, 2)), np.array([10, 20, 50])
        given_rows = Arrivals(
            movement=np.array([row[0] for row in rows], np.int64),
            came_first=np.cumsum([0, *(len(row[1]) for row in rows)]),
            came_by=np.array([b for row in rows for b in row[1]], np.int64),
            place=np.array([row[2] for row in rows], np.int64),
            direction=np.array([row[3] for row in rows], np.int64),
            persons=np.array([row[4] for row in rows], np.int64),
            reserve=np.array([row[5] for row in rows], bool),
            own_car=np.array([row[6] for row in rows], bool),
        )  # fmt: skip
        turnout = Turnout(coming=coming, carless=carless, undecided=undecided)
        found = tallied(given_rows, turnout, arrive, seconds)
        names = ("came", "out", "last_s", "undecided", "out_by")
        for w in range(3):
            shares = coming[w].tolist(), carless[w].tolist(), undecided[w].tolist()
            by_hand = counted(rows, arrive[w].tolist(), shares, seconds.tolist())
            assert [getattr(found, name)[w].tolist() for name in names] == by_hand


def counted(rows, arrive, shares, seconds):
    """Count one world the slow way: came, out, last arrival, undecided, out by seconds."""
    coming, carless, undecided = shares
    came, out, whole, lack = [0, 0], [0, 0], [True, True], {}
    last, held, by = [-1, -1], [0, 0], [[0] * len(seconds) for _ in range(2)]
    for movement, before, place, d, each, reserve, own in rows:
        there = all(arrive[m] >= 0 for m in (movement, *before))
        if reserve:
            persons = each * undecided[place][d]
            held = [held[0] + persons, held[1] + persons * there]
            continue
        persons = each * coming[place]
        without = coming[place] * carless[place] // 1_000 if own else coming[place] - 1_000
        lack[place, d] = lack.get((place, d), 0) + each * without
        came[d] += persons
        whole[d] = whole[d] and there
        if there:
            out[d] += persons
            last[d] = max(last[d], arrive[movement])
            by[d] = [n + persons * (arrive[movement] <= s) for n, s in zip(by[d], seconds, strict=True)]
    for (_, d), lacking in lack.items():
        if lacking > 0:
            whole[d], out[d] = False, max(0, out[d] - lacking)
    return [came, out, [last[d] if whole[d] else -1 for d in (0, 1)], held, by]

"""Trees without forks against all trees there are, and plans on them against the rule of one way on."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest

from safepassage.domain.situation import Situation
from safepassage.engines.evacuate import evacuate
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.overlay import overlay
from safepassage.engines.what_if import converged, forks
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.kernels.graphs import convergent_tree as trees
from safepassage.planning import StoppingRule, make_plan
from safepassage.testing.small_cases import random_small_case
from safepassage.what_if import Scales, weigh_convergent
from safepassage_verify.one_sheet import check_one_sheet
from tests.support.effort import examples

NONE = trees.NONE


def random_task(seed: int, nodes: int) -> trees.TreeTask:
    """Return a graph of up to eight nodes with one or two sites of limited room."""
    draw = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(nodes) for b in range(nodes) if a != b and draw.random() < 0.35]
    pairs += [(a, a - 1) for a in range(1, nodes)]
    tail, head = np.asarray(pairs).T
    room = np.full(nodes, NONE)
    room[0] = draw.integers(20, 80)
    if draw.random() < 0.5:
        room[nodes - 1] = draw.integers(5, 40)
    amount = np.where(room == NONE, draw.integers(0, 20, nodes), 0)
    return trees.TreeTask(
        tail=tail, head=head, travel_s=draw.integers(60, 900, len(tail)),
        per_hour=draw.choice([0, 30, 60, 120], len(tail), p=[0.1, 0.3, 0.3, 0.3]), amount=amount,
        heads=amount, release_s=np.zeros(nodes, dtype=np.int64), room=room,
    )  # fmt: skip


def finish_by_hand(task, out):
    """Return (left out, last finish) of a tree by walking from every node: a second reading of the rule."""
    ways = {}
    for node in range(task.n_nodes):
        way, at = [], node
        while out[at] != NONE and len(way) <= task.n_nodes:
            way.append(int(out[at]))
            at = int(task.head[out[at]])
        ways[node] = way if out[at] == NONE and task.room[at] != NONE else None
    left = sum(int(task.heads[n]) for n, way in ways.items() if way is None)
    carried, depth = dict(enumerate(task.heads.tolist())), {n: len(w or ()) for n, w in ways.items()}
    onward = {}
    for node in sorted(depth, key=lambda n: -depth[n]):
        if ways[node] is None:
            continue
        stays = min(carried[node], max(0, int(task.room[node])))
        onward[node] = carried[node] - stays
        if out[node] == NONE:
            left += onward[node]
        else:
            carried[int(task.head[out[node]])] += onward[node]
    return left


@pytest.mark.parametrize("seed", range(examples(30)))
def test_no_tree_is_better_where_all_are_tried(seed):
    task = random_task(seed, 4 + seed % 3)
    choices = np.prod([len(arcs) + 1 for arcs in task.leaving])
    assert choices <= trees.MOST_CHOICES
    found = trees.best_tree(task)
    every = (np.asarray(c) for c in product(*([*arcs, NONE] for arcs in task.leaving)))
    assert trees.worth(task, found) == min(trees.worth(task, out) for out in every)


@pytest.mark.parametrize("seed", range(examples(40)))
def test_people_left_out_are_counted_as_by_hand(seed):
    task = random_task(seed, 8)
    out = trees.best_tree(task)
    assert sum(trees.worth(task, out)[:2]) == finish_by_hand(task, out)


@pytest.mark.parametrize("seed", range(examples(20)))
def test_the_search_comes_near_the_best_of_all_trees(seed, monkeypatch):
    task = random_task(seed, 6)
    best = trees.worth(task, trees.best_tree(task))
    monkeypatch.setattr(trees, "MOST_CHOICES", 0)
    found = trees.worth(task, trees.best_tree(task))
    assert best <= found
    assert found.cut_off == best.cut_off
    assert found.left <= best.left + 10
    if found.left == best.left:
        assert found.last_s <= 2 * best.last_s


def test_the_search_finds_the_best_tree_in_most_graphs(monkeypatch):
    tasks = [random_task(seed, 6) for seed in range(examples(20))]
    best = [trees.worth(t, trees.best_tree(t))[:3] for t in tasks]
    monkeypatch.setattr(trees, "MOST_CHOICES", 0)
    found = [trees.worth(t, trees.best_tree(t))[:3] for t in tasks]
    assert sum(a == b for a, b in zip(best, found, strict=True)) >= 0.8 * len(tasks)


@pytest.mark.parametrize("seed", range(examples(12)))
def test_plans_on_the_tree_have_no_fork_and_are_plans_of_the_whole_problem(seed):
    case, network = random_small_case(seed)
    planned = make_plan(network, Situation(case=case))
    seen = []
    scales = Scales(
        planned, exposure_weight=case.settings.exposure_weight, stop=StoppingRule(work=10**8), reserves=True,
        check=lambda problem, plan: seen.append((problem, plan)),
    )  # fmt: skip
    found, weighed = weigh_convergent(scales)
    assert not any(forks(weighed.plan.schedule, planned.problem).values())
    assert seen[0][0] is planned.problem
    assert all(line.from_s <= line.until_s for line in found.lines)
    assert sum(line.persons for line in found.lines) == sum(o.served for o in found.outcomes)
    for free, tree in zip(scales.itself(), found.outcomes, strict=True):
        assert tree.served + tree.unserved == free.served + free.unserved
        assert tree.unserved >= tree.unserved_bound


def one_sheet(seed):
    """Return inputs, plan and lines of a small case without forks, as documents, and its free plan."""
    case, network = random_small_case(seed)
    planned = make_plan(network, Situation(case=case))
    scales = Scales(
        planned, exposure_weight=case.settings.exposure_weight, stop=StoppingRule(work=10**8), reserves=True,
        check=lambda *_: None,
    )  # fmt: skip
    found, weighed = weigh_convergent(scales)
    inputs, plan, free = (
        json.loads(canonical_json.encode(document))
        for document in (
            inputs_json.document(weighed.problem),
            *(plan_json.plan_document(p, inputs_sha256="") for p in (weighed.plan, planned.plan)),
        )
    )
    return inputs, plan, [asdict(line) for line in found.lines], free, found.forks_before


@pytest.mark.parametrize("seed", range(examples(24)))
def test_the_one_sheet_holds_and_is_refused_once_anything_in_it_is_changed(seed):
    inputs, plan, lines, free, forks_before = one_sheet(seed)
    assert check_one_sheet(inputs, plan, lines) == []
    for number, line in enumerate(lines):
        others = lines[:number] + lines[number + 1 :]
        assert check_one_sheet(inputs, plan, others)
        for changed in (
            {"from_s": line["from_s"] + 1}, {"until_s": line["until_s"] - 1},
            {"persons": line["persons"] + 1}, {"node": line["node"] + 1}, {"place": "elsewhere"},
        ):  # fmt: skip
            assert check_one_sheet(inputs, plan, [*others, {**line, **changed}]), changed
        if line["arcs"]:
            assert check_one_sheet(inputs, plan, [*others, {**line, "arcs": line["arcs"][:-1]}])
    if forks_before:
        assert any("a fork" in fault for fault in check_one_sheet(inputs, free, lines))


def test_cars_kept_for_the_undecided_leave_within_the_window_too():
    """In this case nobody else drives: without them there would be no line at all."""
    inputs, plan, lines, *_ = one_sheet(6)
    kept = [stream for stream in plan["cars"] if stream["reserve"]]
    assert kept
    assert {line["persons"] for line in lines} == {0}
    first = kept[0]["departures"]
    late = {**kept[0], "departures": [[10**4, *rest] for _, *rest in first]}
    others = [stream for stream in plan["cars"] if stream["id"] != kept[0]["id"]]
    faults = check_one_sheet(inputs, {**plan, "cars": [*others, late]}, lines)
    assert all("outside the window" in fault for fault in faults)
    assert len(faults) == len(first)


def test_roads_are_only_taken_away():
    case, network = random_small_case(3)
    problem = overlay(network, case).problem
    tree = converged(problem).network.arcs
    before = problem.network.arcs
    assert ((tree.directions & ~before.directions) == 0).all()
    limits = Limits(work=10**8)
    assert evacuate(converged(problem), exposure_weight=20, limits=limits)

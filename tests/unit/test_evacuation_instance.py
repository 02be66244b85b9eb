"""Drawn instances keep everybody, are the same for the same seed, and make problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.network import NetworkSource
from safepassage.domain.traffic_network import TrafficLinks, TrafficNetwork
from safepassage.testing.evacuation_instance import (
    MOST_MVEH_H,
    Draw,
    draw,
    problem,
    reachable,
    single_source_bound_s,
)

SIDE = 12


def grid(*, coordinates=True, through=None):
    """A square grid with 60 s and 1200 vehicles/h a link, both ways."""
    number = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    tail = np.concatenate([end.ravel() for pair in pairs for end in pair])
    head = np.concatenate([end.ravel() for a, b in pairs for end in (b, a)])
    n = len(tail)
    x, y = np.meshgrid(np.arange(SIDE) * 1000.0, np.arange(SIDE) * 1000.0)
    nowhere = np.full(SIDE * SIDE, np.nan)
    return TrafficNetwork(
        node_id=np.arange(SIDE * SIDE).astype(str), x_m=x.ravel() if coordinates else nowhere,
        y_m=y.ravel() if coordinates else nowhere,
        through=np.ones(SIDE * SIDE, dtype=bool) if through is None else through,
        links=TrafficLinks(
            tail=tail, head=head, travel_s=np.full(n, 60), capacity_mveh_h=np.full(n, 1_200_000),
            length_m=np.full(n, 1000), link=np.arange(n).astype(str),
        ),
        source=NetworkSource(kind="t", file_name="t", sha256="0", reader_version="t", attribution="none"),
    )  # fmt: skip


@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("coordinates", [False, True])
def test_all_vehicles_are_placed_inside_and_all_exits_lie_outside(spread, coordinates):
    instance = draw(grid(coordinates=coordinates), Draw(seed=3, sources=20, vehicles=500, spread=spread))
    tails = set(instance.network.links.tail.tolist())
    assert instance.vehicles.sum() == 500
    assert set(instance.sources.tolist()) <= tails
    assert not set(instance.exits.tolist()) & tails
    assert instance.disc == ("plane" if coordinates else "travel time")
    assert (len(instance.sources) > 20) is spread


def test_a_capacity_for_any_number_is_stated_with_the_most_that_inputs_hold():
    network = grid()
    vast = replace(network.links, capacity_mveh_h=np.full(len(network.links), 10**12))
    drawn = draw(replace(network, links=vast), Draw(seed=1, sources=9, vehicles=99))
    stated = problem(drawn, horizon_s=7200, junction_wait_max_s=120)
    assert set(stated.network.arcs.capacity_mveh_h.tolist()) == {MOST_MVEH_H}


def test_the_seed_alone_decides():
    network = grid()
    first, same, other = (draw(network, Draw(seed=seed, sources=9, vehicles=99)) for seed in (1, 1, 2))
    assert first.sources.tolist() == same.sources.tolist()
    assert first.vehicles.tolist() == same.vehicles.tolist()
    assert first.sources.tolist() != other.sources.tolist()


def test_centroids_are_no_roads():
    through = np.ones(SIDE * SIDE, dtype=bool)
    through[[5, 70]] = False
    instance = draw(grid(through=through), Draw(vehicles=100))
    ends = np.concatenate([instance.network.links.tail, instance.network.links.head])
    assert not {5, 70} & set(ends.tolist())


def test_sources_without_a_way_out_stay_in_the_demand():
    network = grid()
    links = network.links
    # An island in the middle of the grid: one-way roads lead in, none out.
    island = SIDE * (SIDE // 2) + SIDE // 2
    keep = (links.tail != island) | (links.head == island + 1)
    keep &= links.tail != island + 1
    cut = TrafficNetwork(
        node_id=network.node_id, x_m=network.x_m, y_m=network.y_m, through=network.through,
        links=links.take(keep), source=network.source,
    )  # fmt: skip
    instance = draw(cut, Draw(sources=0, vehicles=1000))
    served, to_exit = reachable(instance)
    assert not served[instance.sources == island].any()
    assert served.sum() == len(served) - 1
    made = problem(instance, horizon_s=7200, junction_wait_max_s=20)
    assert sum(row.persons for row in made.demand) == 1000
    assert to_exit[island] == -1


def test_the_single_source_bound_is_the_time_that_a_full_road_needs():
    network = grid()
    instance = draw(network, Draw(sources=1, vehicles=1000))
    _, to_exit = reachable(instance)
    bound = single_source_bound_s(instance, to_exit)
    # Four roads at 1200 vehicles/h let in a car every 3 s each; each first car counts at once.
    out = instance.network.links.tail == instance.sources[0]
    delays = sorted((to_exit[instance.network.links.head[out]] + 60).tolist())
    second = delays[0]
    while sum(1 + (second - d) // 3 for d in delays if second >= d) < 1000:
        second += 1
    assert abs(bound - second) <= 1


def test_draws_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="quantile"):
        Draw(quantile=1.0)
    with pytest.raises(ValueError, match="vehicle"):
        Draw(vehicles=0)
    with pytest.raises(ValueError, match="driven through"):
        draw(grid(through=np.zeros(SIDE * SIDE, dtype=bool)), Draw())

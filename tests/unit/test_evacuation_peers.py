"""Peers of the evacuation benchmark say why they have no plan."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def peers(monkeypatch):
    """The module by the name that the benchmark gives it: its compiled loops are kept under that."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("evacuation_peers")


@pytest.fixture
def flow(peers):
    """A maximal flow of 100 vehicles on a road of a minute for 3,600 in an hour: all are out after 120 s."""
    road = peers.Arrays(
        n_nodes=2, tail=np.array([0]), head=np.array([1]), travel_s=np.array([60]),
        capacity_mveh_h=np.array([3_600_000]), sources=np.array([0]), vehicles=np.array([100]),
        exits=np.array([1]), to_exit_s=np.array([60, 0]),
    )  # fmt: skip

    def note(*, upper_s=600, over=False):
        return peers.time_expanded_flow(road, bin_s=60, upper_s=upper_s, lower_s=0, expired=lambda: over).note

    return note


def test_the_least_horizon_is_found(flow):
    assert flow().startswith("2 bins, ")


def test_a_horizon_too_short_is_no_lack_of_time(flow):
    assert flow(upper_s=60) == "no horizon up to 60 s takes everybody"
    assert flow(over=True) == "time ran out"


def test_the_search_keeps_to_horizons_that_fit(flow, peers, monkeypatch):
    monkeypatch.setattr(peers, "MOST_TIME_EXPANDED_ARCS", 1)
    assert flow() == "no horizon up to 60 s takes everybody; longer ones do not fit"
    monkeypatch.setattr(peers, "MOST_TIME_EXPANDED_ARCS", 2)
    assert flow().startswith("2 bins, ")


def test_a_plan_is_asked_to_serve_those_who_have_a_way_out_and_no_more(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    benchmark = importlib.import_module("evacuation")
    point = SimpleNamespace(persons_at_most=90)
    certificate = SimpleNamespace(envelope=(SimpleNamespace(persons_at_most=40), point))
    assert [benchmark.serves_all({"served": n}, certificate) for n in (89, 90)] == [False, True]

"""A report on a network the size of a city region stays small enough to mail and is written in seconds."""

from __future__ import annotations

import copy
import time

import numpy as np
import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import RoadClass
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.pages import report_html
from safepassage.testing.sample_documents import sample_documents, sample_layers, sealed

SIDE = 200

pytestmark = pytest.mark.slow


def city(inputs, layers):
    """Add a grid of streets, 160,000 arcs, across the sample's country."""
    nodes, arcs = copy.deepcopy(inputs["network"]["nodes"]), copy.deepcopy(inputs["network"]["arcs"])
    offset = len(nodes["id"])
    lon = np.linspace(min(nodes["lon_e7"]), max(nodes["lon_e7"]), SIDE).astype(int)
    lat = np.linspace(min(nodes["lat_e7"]), max(nodes["lat_e7"]), SIDE).astype(int)
    grid = np.arange(SIDE * SIDE).reshape(SIDE, SIDE) + offset
    nodes["id"] += [str(i) for i in grid.ravel().tolist()]
    nodes["lon_e7"] += np.tile(lon, SIDE).tolist()
    nodes["lat_e7"] += np.repeat(lat, SIDE).tolist()
    pairs = np.vstack(
        [np.c_[grid[:, :-1].ravel(), grid[:, 1:].ravel()], np.c_[grid[:-1].ravel(), grid[1:].ravel()]]
    )
    both = np.vstack([pairs, pairs[:, ::-1]])
    arcs["tail"] += both[:, 0].tolist()
    arcs["head"] += both[:, 1].tolist()
    first = {key: column[0] for key, column in arcs.items()}
    for key in arcs.keys() - {"tail", "head"}:
        arcs[key] += [first[key]] * len(both)
    classes = [
        *layers.road_class,
        *(RoadClass.SECONDARY if i % 37 == 0 else RoadClass.RESIDENTIAL for i in range(len(both))),
    ]
    network = inputs["network"] | {"nodes": nodes, "arcs": arcs}
    return inputs | {"network": network}, MapLayers(road_class=tuple(classes), areas=layers.areas)


def test_minor_streets_are_left_out_and_the_file_stays_small():
    inputs, plan, certificate, _ = sample_documents()
    inputs, layers = city(inputs, sample_layers())
    assert len(inputs["network"]["arcs"]["tail"]) > 159_000
    given = release(*sealed(inputs, plan, certificate), Audience.PLANNING_TEAM)
    started = time.perf_counter()
    page = report_html.write(given, layers).decode()
    # Measured at 0.6 s; a machine shared by others gets room.
    assert time.perf_counter() - started < 15
    assert 100_000 < len(page) < 3_000_000
    assert "Minor roads are left out of the picture, not of the plan." in page
    assert 'class="road mid"' in page
    assert 'class="road minor"' not in page


def test_without_classes_the_longest_streets_are_drawn():
    inputs, plan, certificate, _ = sample_documents()
    inputs, layers = city(inputs, sample_layers())
    given = release(*sealed(inputs, plan, certificate), Audience.PLANNING_TEAM)
    page = report_html.write(given, MapLayers(areas=layers.areas)).decode()
    assert 'class="road mid"' in page
    assert "Minor roads are left out" in page
    assert len(page) < 3_000_000

"""Generated cases are reproducible, add up, lie where they should, and show every feature."""

from __future__ import annotations

import dataclasses
import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.case import CARER_OF, STAYS, UNDECIDED, Case, DirectionBasis, Group, PlaceKind
from safepassage.domain.network import (
    NO_LIMIT,
    Arcs,
    Mode,
    NetworkSource,
    Nodes,
    RoadClass,
    RoadNetwork,
    Shapes,
)
from safepassage.formats.case.case_reading import read_case
from safepassage.testing.draws import Draws, apportion
from safepassage.testing.generated import generate_case, largest_strong_component
from safepassage.testing.small_cases import random_small_case

SEEDS = range(150)


def network_of(pairs, columns=8, rows=8):
    """A network of one-way arcs between the nodes of a grid."""
    count = rows * columns
    zeros, n = np.zeros(len(pairs), np.int32), len(pairs)
    arcs = Arcs(
        tail=np.array([a for a, _ in pairs], np.int32),
        head=np.array([b for _, b in pairs], np.int32),
        length_m=zeros + 1_000,
        travel_s=zeros + 60,
        capacity_mveh_h=zeros + 600_000,
        person_capacity_h=zeros + NO_LIMIT,
        max_weight_kg=zeros + NO_LIMIT,
        road_class=zeros + int(RoadClass.SECONDARY),
        modes=zeros + int(Mode.road()),
        bridge=np.zeros(n, np.bool_),
        link=np.array([f"l{i}" for i in range(n)]),
        name=zeros,
        ref=zeros,
        twin=zeros - 1,
    )
    nodes = Nodes(
        id=np.array([f"n{i}" for i in range(count)]),
        lon_e7=np.array([100_000_000 + 100_000 * (i % columns) for i in range(count)]),
        lat_e7=np.array([500_000_000 + 100_000 * (i // columns) for i in range(count)]),
    )
    empty = np.zeros(0, np.int32)
    source = NetworkSource(
        kind="test", file_name="grid", sha256="", reader_version="1", attribution="© nobody"
    )
    shapes = Shapes(start=np.zeros(n + 1, np.int32), lon_e7=empty, lat_e7=empty)
    return RoadNetwork(nodes=nodes, arcs=arcs, shapes=shapes, names=("",), source=source)


def grid(columns=8, rows=8):
    """All streets of a grid, both ways."""
    across = [(i, i + 1) for i in range(rows * columns) if i % columns < columns - 1]
    along = [(i, i + columns) for i in range((rows - 1) * columns)]
    return [pair for a, b in across + along for pair in ((a, b), (b, a))]


@pytest.fixture(scope="module")
def case() -> Case:
    """A case of 1,234 people on the grid."""
    return generate_case(network_of(grid()), persons=1_234, settlements=17, exits=5, buses=23, seed=4)


def references_hold(case: Case) -> bool:
    """Every id that a row names exists, and ids are unique within their table."""
    tables = (case.places, case.fleet, case.arrangements, case.areas, case.road_statuses, case.transit_links)
    unique = all(len({row.id for row in table}) == len(table) for table in tables)
    places = {place.id for place in case.places}
    directions = {direction.id for direction in case.directions}
    named = {row.place for row in case.demand} | {row.base for row in case.fleet}
    named |= {end for link in case.transit_links for end in (link.from_place, link.to_place)}
    named |= {place for row in case.arrangements for place in row.places}
    answers = {row.direction for row in case.demand} - {STAYS, UNDECIDED}
    sites = {place.direction for place in case.places} - {""}
    permitted = {direction for place in case.places for direction in place.directions}
    return unique and named <= places and answers | sites | permitted <= directions


def test_persons_settlements_exits_and_buses_are_as_ordered(case):
    kinds = [place.kind for place in case.places]
    assert sum(row.persons for row in case.demand) == 1_234
    assert kinds.count(PlaceKind.SETTLEMENT) == 17
    assert kinds.count(PlaceKind.RECEPTION_SITE) == 5
    assert sum(kind.count for kind in case.fleet) == 23


def test_ids_are_unique_and_refer_to_what_exists(case):
    assert references_hold(case)


def test_every_answer_and_every_group_occurs(case):
    assert {row.direction for row in case.demand} == {"to_east", "to_west", STAYS, UNDECIDED}
    assert {row.group for row in case.demand} == set(Group) - {Group(name) for name in CARER_OF.values()}
    assert {row.basis for row in case.demand} == {DirectionBasis.EXERCISE}


def test_exits_of_the_eastern_direction_lie_east_of_the_others(case):
    sites = [place for place in case.places if place.direction]
    east = [place.lon_e7 for place in sites if place.direction == "to_east"]
    west = [place.lon_e7 for place in sites if place.direction == "to_west"]
    assert min(east) > max(west)


def test_the_crossing_stands_next_to_an_exit_and_on_no_other_place(case):
    gate = next(place for place in case.places if place.kind is PlaceKind.BORDER_CROSSING)
    exit_one = next(place for place in case.places if place.id == "x01")
    near = abs(gate.lon_e7 - exit_one.lon_e7) + abs(gate.lat_e7 - exit_one.lat_e7)
    spots = [(place.lon_e7, place.lat_e7) for place in case.places]
    assert near == 100_000
    assert spots.count((gate.lon_e7, gate.lat_e7)) == 1


def test_the_network_s_notice_is_carried_on(case):
    assert case.attribution == "© nobody"


def test_the_same_seed_gives_the_same_case_and_another_seed_another():
    network = network_of(grid())
    first, second, other = (
        generate_case(network, persons=500, settlements=9, exits=4, buses=8, seed=s) for s in (7, 7, 8)
    )
    assert first == second
    assert first.places != other.places


def test_places_lie_in_the_part_that_is_connected_both_ways():
    # The top row can be left but not entered, so nobody may be put there.
    pairs = [(a, b) for a, b in grid() if not (b // 8 == 7 and a // 8 != 7)]
    case = generate_case(network_of(pairs), persons=300, settlements=20, exits=4, buses=5)
    assert max(place.lat_e7 for place in case.places) < 500_000_000 + 7 * 100_000


def test_a_network_with_too_few_nodes_is_refused():
    with pytest.raises(ValueError, match="too few"):
        generate_case(network_of(grid(3, 3), 3, 3), settlements=9, exits=2)


@pytest.mark.parametrize("wrong", [{"persons": 0}, {"settlements": 0}, {"exits": 1}, {"buses": -1}])
def test_counts_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="needs persons"):
        generate_case(network_of(grid()), **wrong)


def reach(start, onward):
    """Nodes that can be reached, by plain search."""
    seen, todo = {start}, [start]
    while todo:
        for node in onward.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]), min_size=1))
def test_the_largest_strong_component_is_that_of_a_plain_search(pairs):
    onward: dict[int, set[int]] = {}
    for a, b in pairs:
        onward.setdefault(a, set()).add(b)
    reached = {node: reach(node, onward) for node in range(9)}
    largest = max(
        len({other for other in reached[node] if node in reached[other]})
        for node in range(9)
        if node in onward
    )
    found = largest_strong_component(network_of(sorted(pairs), 3, 3)).tolist()
    assert len(found) == largest
    assert all(set(found) <= reached[node] for node in found)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_add_up_and_differ_from_their_quota_by_less_than_one(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    )


def test_nothing_can_be_split_by_no_weight():
    with pytest.raises(ValueError, match="one must be positive"):
        apportion(3, [0, 0])


def test_draws_are_the_numbers_they_always_were():
    draws = Draws(1)
    assert [draws.below(1_000) for _ in range(6)] == [511, 950, 144, 948, 311, 423]


def test_draws_stay_in_their_range():
    draws = Draws(3)
    assert {draws.between(-1, 1) for _ in range(99)} == {-1, 0, 1}
    assert sorted(draws.some("abc", 9)) == ["a", "b", "c"]


def test_small_cases_are_small_and_consistent():
    for seed in SEEDS:
        case, network = random_small_case(seed)
        assert 4 <= len(network.nodes) <= 12
        assert references_hold(case), seed
        known = set(network.nodes.id.tolist())
        assert all(place.node in known for place in case.places if place.node), seed


def test_the_same_seed_gives_the_same_small_case():
    (case, network), (again, same) = random_small_case(11), random_small_case(11)
    assert case == again
    columns = [field.name for field in dataclasses.fields(Arcs)]
    assert all(np.array_equal(getattr(network.arcs, c), getattr(same.arcs, c)) for c in columns)
    assert random_small_case(12)[0] != case


def test_twins_of_small_networks_run_the_other_way():
    for seed in SEEDS:
        arcs = random_small_case(seed)[1].arcs
        two_way = np.flatnonzero(arcs.twin >= 0)
        twin = arcs.twin[two_way]
        assert (arcs.tail[twin] == arcs.head[two_way]).all()
        assert (arcs.twin[twin] == two_way).all()


FEATURES = {
    "a crossing with hours": lambda c: any(p.open_windows for p in c.places),
    "a crossing for one direction": lambda c: any(p.directions for p in c.places),
    "a crossing on foot": lambda c: any(p.foot_m for p in c.places),
    "no empty return": lambda c: any(not p.empty_return for p in c.places),
    "a place off the network": lambda c: any(p.id == "far" for p in c.places),
    "a site with a limit": lambda c: any(
        p.direction and p.capacity_night_persons is not None for p in c.places
    ),
    "a direction without a site": lambda c: len({p.direction for p in c.places} - {""}) == 1,
    "a later release": lambda c: any(p.release_s for p in c.places),
    "a waiting place": lambda c: any(p.storage_vehicles for p in c.places),
    "no fleet": lambda c: not c.fleet,
    "limited duty": lambda c: any(v.max_duty_s for v in c.fleet),
    "people who stay": lambda c: any(d.direction == STAYS for d in c.demand),
    "undecided people": lambda c: any(d.direction == UNDECIDED for d in c.demand),
    "assumptions": lambda c: any(d.basis is DirectionBasis.ASSUMPTION for d in c.demand),
    "wheelchairs": lambda c: any(d.group is Group.WHEELCHAIR for d in c.demand),
    "a timetable": lambda c: any(t.timetable for t in c.transit_links),
    "a link with a throughput": lambda c: any(t.persons_h for t in c.transit_links),
    "windows on roads": lambda c: any(a.windows and a.roads for a in c.arrangements),
    "windows at crossings": lambda c: any(a.windows and a.places for a in c.arrangements),
    "a closed road": lambda c: any(r.status == "NOT_PASSABLE" for r in c.road_statuses),
    "a hazard": lambda c: any(a.hazard_ppm for a in c.areas),
    "an area nobody may enter": lambda c: any(a.kind == "no_go" for a in c.areas),
    "an exposure cap": lambda c: c.settings.exposure_cap_ppm_s is not None,
    "hours of movement": lambda c: bool(c.settings.movement_windows),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_some_small_case_has(feature):
    assert any(FEATURES[feature](random_small_case(seed)[0]) for seed in SEEDS)


@pytest.fixture(scope="module")
def script(repo_root):
    """The script that writes generated cases into folders."""
    path = repo_root / "benchmarks" / "generate_case.py"
    spec = importlib.util.spec_from_file_location("generate_case", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_back(script, case, folder):
    """Write a case, read it with the reader of the product."""
    case = dataclasses.replace(case, network_file="map.osm.pbf")
    (folder / "map.osm.pbf").touch()
    script.write_case(case, folder)
    return case, read_case(folder)


def test_a_generated_case_is_read_back_as_it_was_written(script, case, tmp_path):
    written, reading = read_back(script, case, tmp_path)
    assert reading.errors == ()
    assert reading.case == written


@pytest.mark.parametrize("seed", range(40))
def test_a_small_case_is_well_formed_and_read_back_as_it_was_written(script, seed, tmp_path):
    written, reading = read_back(script, random_small_case(seed)[0], tmp_path)
    assert reading.errors == ()
    assert reading.case == written


def test_the_script_writes_a_case_for_a_real_map(script, shared_dir, tmp_path, capsys):
    network = shared_dir / "data" / "osm" / "monaco.osm.gz"
    if not network.is_file():
        pytest.skip("the shared folder has no extract of Monaco")
    code = script.main([str(network), str(tmp_path / "case"), "--persons", "700", "--settlements", "12"])
    reading = read_case(tmp_path / "case")
    assert code == 0
    assert "700 persons" in capsys.readouterr().out
    assert reading.errors == ()
    assert "OpenStreetMap" in reading.case.attribution
    assert reading.network_path.resolve() == network.resolve()


def test_the_script_says_in_a_sentence_what_is_wrong(script, tmp_path, capsys):
    (tmp_path / "map.osm.pbf").write_bytes(b"not a map")
    assert script.main([str(tmp_path / "map.osm.pbf"), str(tmp_path / "case")]) == 2
    assert "map.osm.pbf" in capsys.readouterr().err
    assert not (tmp_path / "case").exists()

"""The snapshot says what the case files say: checked by a second, simpler reader, and read back as it was.

The second reader knows csv and arithmetic and nothing of the package. It takes a plain case, every figure of
which stands in its row, and works out each arc of `inputs.json` from the text.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter

import numpy as np
import pytest

from safepassage import example
from safepassage.engines.overlay import overlay
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json
from safepassage.testing.small_cases import random_small_case

FILES = {
    "case.toml": (
        'id = "plain"\ntitle = "Plain"\nexercise = "yes"\nstart = "2024-05-01T06:00+03:00"\nhorizon_h = 6\n'
        'time_zones = "Here=Europe/Kyiv"\nhotline = "112"\nnotice_languages = "en; uk"\nload_base_min = 4\n'
        'persons_per_car = 4\nattribution = "invented"\n'
    ),
    "directions.csv": "id,name\nwest,West\neast,East\n",
    "nodes.csv": "id,lat,lon\na,50.0,35.0\nb,50.01,35.0\nc,50.01,35.02\nd,50.02,35.02\n",
    "links.csv": (
        "id,from,to,class,length_m,travel_min,capacity_veh_h,oneway,persons_h,max_weight_t,name,ref\n"
        "l1,a,b,primary,1500,2,700,no,,,,R1\n"
        "l2,b,c,secondary,2000,3.5,400,yes,,7.5,Long Street,\n"
        "l3,d,c,tertiary,1300,2.5,200,-1,,,,\n"
        "l4,a,c,track,2600,11,60,no,90,,,\n"
    ),
    "places.csv": (
        "id,name,kind,lat,lon,node,assembly_point,direction,capacity_night_persons,persons_h,vehicles_h,release\n"
        "home,Home,settlement,,,a,square,,,,,\n"
        "square,Square,assembly_point,,,b,,,,,,\n"
        "late,Late,settlement,50.0101,35.0201,,,,,,,08:00\n"
        "camp,Camp,reception_site,,,d,,west,250,,,\n"
        "hall,Hall,reception_site,,,a,,east,,,,\n"
        "post,Post,checkpoint,,,c,,,,120,45,\n"
    ),
    "demand.csv": (
        "place,direction,group,persons,direction_basis\n"
        "home,west,own_vehicle,80,tally\nhome,east,wheelchair,2,survey\nhome,west,needs_transport,30,assumption\n"
        "late,stays,assisted,7,tally\nlate,undecided,own_vehicle,9,tally\n"
    ),
    "fleet.csv": (
        "id,count,seats,wheelchair_places,stretcher_places,base,units,weight_t,max_duty_h\n"
        "bus,2,40,0,0,square,2.5,12,10\nvan,1,6,2,1,home,1.2,3.5,\n"
    ),
    "road_status.csv": "id,roads,status,from,until\nr1,link:l4,NOT_PASSABLE,07:00,09:00\n",
}
"""A plain case. It starts at 06:00 local time, so 08:00 is second 7,200."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain")
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def snapshot(folder):
    """The document as it is written and read back from its bytes."""
    found = read_case(folder)
    assert [str(p) for p in found.problems if p.severity == "error"] == []
    problem = overlay(found.network.network, found.case).problem
    return json.loads(canonical_json.encode(inputs_json.document(problem)))


def table(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def plain_arcs(folder):
    """Return every arc of the links as the second reader sees it: (tail, head, figures), by their words."""
    arcs = []
    for row in table(folder, "links"):
        ends = [(row["from"], row["to"]), (row["to"], row["from"])]
        ends = {"no": ends, "yes": ends[:1], "-1": ends[1:]}[row["oneway"]]
        weight = round(float(row["max_weight_t"]) * 1_000) if row["max_weight_t"] else -1
        figures = {
            "length_m": int(row["length_m"]),
            "travel_s": round(float(row["travel_min"]) * 60),
            "capacity_mveh_h": int(row["capacity_veh_h"]) * 1_000,
            "persons_h": int(row["persons_h"] or -1),
            "modes": 3,
            "directions": 3,
            "empty_ok": 1,
            "max_weight_kg": weight,
            "gate": 0,
            "label": " ".join(part for part in (row["ref"], row["name"]) if part) or row["id"],
        }
        arcs += [(tail, head, figures) for tail, head in ends]
    return arcs


def named(snapshot, position):
    return snapshot["network"]["nodes"]["id"][position]


class TestSecondReader:
    def test_every_arc(self, folder, snapshot):
        """Roads into the post's node end before it and roads out of it begin behind it."""
        arcs = snapshot["network"]["arcs"]
        expected = plain_arcs(folder)
        assert len(arcs["tail"]) == len(expected) + 1
        for i, (tail, head, figures) in enumerate(expected):
            assert named(snapshot, arcs["tail"][i]) == ("c/out" if tail == "c" else tail)
            assert named(snapshot, arcs["head"][i]) == head
            assert {name: arcs[name][i] for name in figures} == figures

    def test_the_gate_of_the_post(self, snapshot):
        arcs = snapshot["network"]["arcs"]
        last = {name: column[-1] for name, column in arcs.items()}
        assert (named(snapshot, last["tail"]), named(snapshot, last["head"])) == ("c", "c/out")
        assert (last["persons_h"], last["capacity_mveh_h"], last["gate"], last["label"]) == (
            120,
            45_000,
            1,
            "Post",
        )

    def test_every_node(self, folder, snapshot):
        nodes = snapshot["network"]["nodes"]
        expected = [
            (r["id"], round(float(r["lon"]) * 1e7), round(float(r["lat"]) * 1e7))
            for r in table(folder, "nodes")
        ]
        assert list(zip(nodes["id"], nodes["lon_e7"], nodes["lat_e7"], strict=True))[:-1] == expected

    def test_the_closure_in_its_hours(self, snapshot):
        open_piece, closed = [60_000, 90, 660], [0, 0]
        pieces = dict(snapshot["network"]["profiles"])
        assert sorted(pieces) == [4, 5]
        for rows in pieces.values():
            assert [row[:2] for row in rows] == [[0, 3_600], [3_600, 10_800], [10_800, 21_600]]
            assert rows[0][2:] == rows[2][2:] == open_piece
            assert rows[1][2:4] == closed

    def test_places(self, folder, snapshot):
        rows = {row["id"]: row for row in snapshot["places"]}
        assert set(rows) == {row["id"] for row in table(folder, "places")}
        where = {
            name: (named(snapshot, row["node"]), named(snapshot, row["pickup_node"]))
            for name, row in rows.items()
        }
        assert where["home"] == ("a", "b")
        assert where["late"] == ("c/out", "c/out")
        assert where["camp"] == ("d", "d")
        assert {name: row["release_s"] for name, row in rows.items() if row["release_s"]} == {"late": 7_200}
        assert {n: (r["direction"], r["capacity_persons"]) for n, r in rows.items() if r["direction"]} == {
            "camp": ("west", 250), "hall": ("east", -1),
        }  # fmt: skip

    def test_people(self, folder, snapshot):
        expected = Counter()
        for row in table(folder, "demand"):
            assumed = row["direction_basis"] == "assumption"
            direction = "undecided" if assumed else row["direction"]
            expected[row["place"], direction, row["group"], row["direction_basis"]] += int(row["persons"])
        columns = ("place", "direction", "group", "basis")
        assert Counter({tuple(r[c] for c in columns): r["persons"] for r in snapshot["demand"]}) == expected

    def test_vehicles(self, folder, snapshot):
        expected = []
        for row in table(folder, "fleet"):
            base = next(p for p in table(folder, "places") if p["id"] == row["base"])["node"]
            expected += [
                (base, int(row["seats"]), int(row["wheelchair_places"]), int(row["stretcher_places"]),
                 round(float(row["units"]) * 1_000), round(float(row["weight_t"]) * 1_000),
                 round(float(row["max_duty_h"]) * 3_600) if row["max_duty_h"] else -1)
            ] * int(row["count"])  # fmt: skip
        names = ("seats", "wheelchair", "stretcher", "units_mveh", "weight_kg", "max_duty_s")
        found = [(named(snapshot, v["base_node"]), *(v[n] for n in names)) for v in snapshot["fleet"]]
        assert found == expected

    def test_head_and_rules(self, folder, snapshot):
        assert (snapshot["epoch"], snapshot["as_of"]) == ("2024-05-01T03:00:00Z",) * 2
        assert snapshot["horizon_s"] == 6 * 3_600
        assert snapshot["directions"] == table(folder, "directions")
        assert snapshot["time_zones"] == [{"label": "Here", "offset_s": 10_800}]
        assert snapshot["notice"] == {"hotline": "112", "languages": ["en", "uk"]}
        rules = snapshot["rules"]
        assert (rules["persons_per_car"], rules["load_base_s"], rules["load_per_person_s"]) == (4, 240, 6)
        assert (rules["burst_mveh"], rules["burst_persons"]) == (2_500, 40)
        assert snapshot["network"]["attribution"] == "invented"


@pytest.fixture(scope="module")
def example_snapshot():
    found = read_case(example.path())
    return inputs_json.document(overlay(found.network.network, found.case).problem)


class TestExample:
    """The same reader on the files of the built-in example, for all that no report changes."""

    def test_every_link(self, example_snapshot):
        arcs, nodes = (example_snapshot["network"][name] for name in ("arcs", "nodes"))
        links = []
        for row in table(example.path(), "links"):
            ways = [(row["from"], row["to"]), (row["to"], row["from"])]
            links += {"no": ways, "yes": ways[:1], "-1": ways[1:]}[row["oneway"] or "no"]
        before = [re.sub(r"/(out|side)\d*$", "", node) for node in nodes["id"]]
        ends = [(before[t], before[h]) for t, h in zip(arcs["tail"], arcs["head"], strict=True)]
        assert ends[: len(links)] == links
        assert all(tail == head for i, (tail, head) in enumerate(ends) if arcs["gate"][i])

    def test_everybody(self, example_snapshot):
        rows = table(example.path(), "demand")
        assert sum(r["persons"] for r in example_snapshot["demand"]) == sum(int(r["persons"]) for r in rows)


class TestDocument:
    @pytest.mark.parametrize("seed", range(12))
    def test_it_is_read_back_as_the_same_problem(self, seed):
        case, network = random_small_case(seed)
        written = canonical_json.encode(inputs_json.document(overlay(network, case).problem))
        again = inputs_json.parse(canonical_json.decode(written))
        assert canonical_json.encode(inputs_json.document(again)) == written

    def test_it_holds_whole_numbers_and_text_only(self):
        case, network = random_small_case(1)

        def leaves(value):
            if isinstance(value, dict):
                return [leaf for v in value.values() for leaf in leaves(v)]
            if isinstance(value, list):
                return [leaf for v in value for leaf in leaves(v)]
            return [value]

        kinds = {type(leaf) for leaf in leaves(inputs_json.document(overlay(network, case).problem))}
        assert kinds <= {int, str, bool}
        assert not any(issubclass(kind, np.generic) for kind in kinds)

    def test_another_schema_is_refused(self):
        with pytest.raises(ValueError, match=r"safepassage\.inputs/1"):
            inputs_json.parse({"schema": "safepassage.inputs/9"})


class TestCanonicalJson:
    def test_the_same_value_gives_the_same_bytes_whatever_the_order_of_its_keys(self):
        assert canonical_json.encode({"b": [1, "é"], "a": None}) == b'{"a":null,"b":[1,"\xc3\xa9"]}\n'
        assert canonical_json.encode({"a": 1, "b": 2}) == canonical_json.encode({"b": 2, "a": 1})

    def test_it_is_read_back(self):
        value = {"x": [1, "и", {"y": None, "z": True}]}
        assert canonical_json.decode(canonical_json.encode(value)) == value

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_json_does_not_know_is_refused(self, value):
        with pytest.raises(ValueError, match="JSON compliant"):
            canonical_json.encode([value])

    def test_the_hash_is_that_of_the_bytes(self):
        assert (
            canonical_json.sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )

"""A plain network of two tables: what the columns mean, and every fault named at once."""

from __future__ import annotations

import pytest

from safepassage.domain.errors import FormatError, TableError
from safepassage.domain.network import Mode, NetworkSource, RoadClass
from safepassage.domain.problem import Severity
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.case import network_csv
from safepassage.formats.containers.tabular import read_csv

NODES = "id,lat,lon,name\na,50.0,35.0,Upper\nb,50.01,35.0,\nc,50.01,35.02,\n"


@pytest.fixture
def folder(tmp_path):
    def write(links: str, nodes: str = NODES):
        (tmp_path / "nodes.csv").write_text(nodes, "utf-8")
        (tmp_path / "links.csv").write_text(links, "utf-8")
        return tmp_path

    return write


def one_arc(folder, header: str, row: str):
    """Read one link a–b and return its arcs."""
    return network_csv.read(folder(f"id,from,to,{header}\nl1,a,b,{row}\n")).arcs


def problems_of(path) -> list[tuple[str, int, str]]:
    """Return (code, row, column) of all problems of a folder that cannot be used."""
    with pytest.raises(TableError) as caught:
        network_csv.read(path)
    return [(found.code, found.where.row, found.where.column) for found in caught.value.problems]


def test_a_link_is_two_arcs_unless_it_is_one_way(folder):
    network = network_csv.read(folder("id,from,to,oneway\nl1,a,b,\nl2,b,c,yes\nl3,a,c,-1\nl4,a,c,no\n"))
    ids, arcs = network.nodes.id, network.arcs
    rows = [
        (str(ids[t]), str(ids[h]), str(link))
        for t, h, link in zip(arcs.tail, arcs.head, arcs.link, strict=True)
    ]
    assert rows == [
        ("a", "b", "l1"),
        ("b", "a", "l1"),
        ("b", "c", "l2"),
        ("c", "a", "l3"),
        ("a", "c", "l4"),
        ("c", "a", "l4"),
    ]
    assert arcs.twin.tolist() == [1, 0, -1, -1, 5, 4]


def test_nodes_keep_their_place(folder):
    nodes = network_csv.read(folder("id,from,to\nl1,a,b\n")).nodes
    assert nodes.id.tolist() == ["a", "b", "c"]
    assert nodes.lat_e7.tolist() == [500_000_000, 500_100_000, 500_100_000]
    assert nodes.lon_e7.tolist() == [350_000_000, 350_000_000, 350_200_000]


@pytest.mark.parametrize(
    ("header", "row", "length"),
    [
        ("length_m", "1500", 1500),
        ("length_km", "1.5", 1500),
        ("length_m,length_km", "1400,9", 1400),
        ("name", "x", 1112),
    ],
)
def test_length(folder, header, row, length):
    """Metres, kilometres, or as the crow flies: 0.01 degrees of latitude are 1,112 metres."""
    assert one_arc(folder, header, row).length_m.tolist() == [length, length]


@pytest.mark.parametrize(
    ("header", "row", "seconds"),
    [
        ("length_m,speed_kmh", "1500,60", 90),
        ("length_m,travel_min", "1500,2.5", 150),
        ("length_m,speed_kmh,travel_min", "1500,60,3", 180),
        ("length_m,class", "1500,motorway", 54),
        ("length_m,travel_min", "1500,0", 1),
    ],
)
def test_travel_time(folder, header, row, seconds):
    assert one_arc(folder, header, row).travel_s.tolist() == [seconds, seconds]


@pytest.mark.parametrize(
    ("header", "row", "capacity"),
    [
        ("capacity_veh_h", "900", 900_000),
        ("capacity_veh_h,lanes", "0,2", 0),
        ("lanes", "2", 1_200_000),
        ("class", "motorway", 4_000_000),
        ("road_class", "secondary", 800_000),
        ("name", "x", 600_000),
    ],
)
def test_capacity_of_each_direction(folder, header, row, capacity):
    assert one_arc(folder, header, row).capacity_mveh_h.tolist() == [capacity, capacity]


@pytest.mark.parametrize(
    ("header", "row", "modes", "road_class"),
    [
        ("name", "x", Mode.CAR | Mode.BUS, RoadClass.UNCLASSIFIED),
        ("modes", "bus", Mode.BUS, RoadClass.UNCLASSIFIED),
        ("modes", "car;bus", Mode.CAR | Mode.BUS, RoadClass.UNCLASSIFIED),
        ("modes,travel_min", "train,60", Mode.TRAIN, RoadClass.RAIL),
        ("modes,travel_min", "boat,10", Mode.BOAT, RoadClass.FERRY),
        ("modes", "foot", Mode.FOOT, RoadClass.FOOTWAY),
        ("class", "footway", Mode.FOOT, RoadClass.FOOTWAY),
        ("class,travel_min", "rail,60", Mode.TRAIN, RoadClass.RAIL),
        ("class", "ferry", Mode.CAR | Mode.BUS, RoadClass.FERRY),
        ("class,modes", "track,foot", Mode.FOOT, RoadClass.TRACK),
    ],
)
def test_who_may_use_a_link(folder, header, row, modes, road_class):
    arcs = one_arc(folder, header, row)
    assert arcs.modes.tolist() == [int(modes)] * 2
    assert arcs.road_class.tolist() == [int(road_class)] * 2
    vehicles = bool(modes & Mode.road())
    assert all((capacity > 0) == vehicles for capacity in arcs.capacity_mveh_h.tolist())


def test_everything_else_a_row_says(folder):
    links = "id,from,to,persons_h,max_weight_t,bridge,name,ref,source,evidence\n"
    reading, problems = network_csv.read_counted(
        folder(links + "l1,a,b,200,3.5,yes,Birch road,R7,road office,seen\nl2,b,c,,,,,,,\n")
    )
    arcs = reading.network.arcs
    assert problems == ()
    assert arcs.person_capacity_h.tolist() == [200, 200, -1, -1]
    assert arcs.max_weight_kg.tolist() == [3500, 3500, -1, -1]
    assert arcs.bridge.tolist() == [True, True, False, False]
    assert reading.network.label(0) == "R7 Birch road"
    assert reading.network.label(2) == "l2"
    assert [(note.link, note.source, note.evidence) for note in reading.notes] == [
        ("l1", "road office", "seen")
    ]
    assert dict(reading.counts.seen) == {"nodes": 3, "links": 2}
    assert reading.counts.number("nodes without a link") == 0
    assert [(share.tag, share.missing) for share in reading.counts.missing_tags] == [
        ("length", 2),
        ("speed", 2),
        ("capacity", 2),
    ]


def test_the_source_names_both_files(folder):
    path = folder("id,from,to\nl1,a,b\n")
    source = network_csv.read(path, attribution="© somebody", schematic=True).source
    assert (source.kind, source.file_name) == ("csv", path.name)
    assert source.attribution == "© somebody"
    assert source.schematic
    assert source.reader_version.startswith("csv-1+")
    other = network_csv.read(folder("id,from,to\nl1,a,c\n")).source
    assert other.sha256 != source.sha256
    named = network_csv.read([path / "nodes.csv", path / "links.csv"]).source
    assert named.sha256 == other.sha256


@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: b"\xef\xbb\xbf" + text.encode(), lambda t: t.encode("utf-16")]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_every_common_kind(tmp_path, encode, separator):
    (tmp_path / "nodes.csv").write_bytes(encode(NODES.replace(",", separator)))
    links = "# roads\nid,from,to,name\nl1,a,b,Сумська\n".replace(",", separator)
    (tmp_path / "links.csv").write_bytes(encode(links))
    assert network_csv.read(tmp_path).names == ("", "Сумська")


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ("id,from,to\n", ("TABLE_EMPTY", 0, "")),
        ("", ("TABLE_EMPTY", 0, "")),
        ("id,from\nl1,a\n", ("COLUMN_MISSING", 1, "to")),
        ("id,from,to\nl1,a,\n", ("CELL_EMPTY", 2, "to")),
        ("id,from,to\nl1,a,z\n", ("REFERENCE_UNKNOWN", 2, "")),
        ("id,from,to\nl1,a,a\n", ("LINK_LOOP", 2, "")),
        ("id,from,to\nl1,a,b\nl1,b,c\n", ("ID_TWICE", 3, "")),
        ("id,from,to,length_m\nl1,a,b,far\n", ("NUMBER_FORMAT", 2, "length_m")),
        ("id,from,to,length_m\nl1,a,b,-5\n", ("NUMBER_NEGATIVE", 2, "length_m")),
        ("id,from,to,length_m\nl1,a,b,1e9\n", ("NUMBER_TOO_LARGE", 2, "length_m")),
        ("id,from,to,speed_kmh\nl1,a,b,0\n", ("NUMBER_TOO_SMALL", 2, "speed_kmh")),
        ("id,from,to,class\nl1,a,b,highway\n", ("WORD_UNKNOWN", 2, "class")),
        ("id,from,to,oneway\nl1,a,b,maybe\n", ("WORD_UNKNOWN", 2, "oneway")),
        ("id,from,to,bridge\nl1,a,b,maybe\n", ("WORD_UNKNOWN", 2, "bridge")),
        ("id,from,to,modes\nl1,a,b,tank\n", ("WORD_UNKNOWN", 2, "modes")),
        ("id,from,to,modes\nl1,a,b,car;foot\n", ("MODES_MIXED", 2, "")),
        ("id,from,to,lanes\nl1,a,b,99\n", ("NUMBER_TOO_LARGE", 2, "lanes")),
    ],
)
def test_one_fault_is_one_problem_at_its_place(folder, links, expected):
    path = folder(links)
    found = [problem for problem in problems_of(path) if problem[0] != "TABLE_EMPTY" or problem[1] == 0]
    assert found[0] == expected
    assert len(found) == 1


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ("", "TABLE_EMPTY"),
        ("id,lat\na,50\n", "COLUMN_MISSING"),
        ("id,lat,lon\na,95,35\nb,50,35\n", "NUMBER_TOO_LARGE"),
        ("id,lat,lon\na,50,35\na,51,35\nb,50,35\n", "ID_TWICE"),
        ("id,lat,lon\na,fifty,35\nb,50,35\n", "NUMBER_FORMAT"),
    ],
)
def test_faults_of_nodes_are_not_repeated_for_their_links(folder, nodes, expected):
    codes = [
        code for code, *_ in problems_of(folder("id,from,to\nl1,a,b\n", nodes)) if code != "REFERENCE_UNKNOWN"
    ]
    assert codes == [expected]


def test_a_link_to_a_faulty_node_is_no_second_fault(folder):
    found = problems_of(folder("id,from,to\nl1,a,b\nl2,b,c\n", "id,lat,lon\na,95,35\nb,50,35\nc,51,35\n"))
    assert [code for code, *_ in found] == ["NUMBER_TOO_LARGE"]


def test_all_problems_are_named_at_once(folder):
    links = "id,from,to,length_m,class,colour\nl1,a,z,x,,\nl2,b,b,1,,\nl1,a,b,1,motorroad,\nl4,c,a,,,\n"
    with pytest.raises(TableError) as caught:
        network_csv.read(folder(links))
    problems = caught.value.problems
    codes = sorted(problem.code for problem in problems)
    assert codes == ["COLUMN_UNKNOWN", "LINK_LOOP", "NUMBER_FORMAT", "WORD_UNKNOWN"]
    assert all(str(problem.where).endswith(problem.where.column) and problem.hint for problem in problems)
    assert "and 2 more errors" in str(caught.value)
    assert isinstance(caught.value, FormatError)


def test_doubtful_rows_are_warned_about_and_used(folder):
    links = "id,from,to,length_m,modes,extra\nl1,a,b,100,,\nl2,b,c,9000,train,\n"
    reading, problems = network_csv.read_counted(folder(links))
    assert sorted(problem.code for problem in problems) == [
        "COLUMN_UNKNOWN",
        "LENGTH_TOO_SHORT",
        "TRAVEL_TIME_ASSUMED",
    ]
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert len(reading.network.arcs) == 4


def test_missing_and_unreadable_files(tmp_path, folder, monkeypatch):
    with pytest.raises(TableError) as caught:
        network_csv.read(tmp_path / "nowhere")
    assert [problem.code for problem in caught.value.problems] == ["FILE_MISSING"] * 2
    path = folder("id,from,to\nl1,a,b\n")
    (path / "links.csv").unlink()
    (path / "links.csv").mkdir()
    assert problems_of(path) == [("FILE_UNREADABLE", 0, "")]


def test_a_file_in_another_encoding_is_one_problem(tmp_path):
    (tmp_path / "nodes.csv").write_text(NODES, "utf-8")
    (tmp_path / "links.csv").write_bytes("id,from,to,name\nl1,a,b,Сумская улица\n".encode("cp1251"))
    assert problems_of(tmp_path) == [("FILE_ENCODING", 2, "")]
    assert network_csv.read(tmp_path, encoding="cp1251").names == ("", "Сумская улица")


def test_tables_of_a_workbook_go_the_same_way():
    source = NetworkSource(kind="csv", file_name="b.xlsx", sha256="", reader_version="", attribution="")
    nodes = read_csv("nodes", "b.xlsx", NODES.encode())
    links = read_csv("links", "b.xlsx", b"id,from,to\nl1,a,b\n")
    examined = network_csv.examine(nodes, links, source=source, defaults=RoadDefaults())
    assert examined.problems == ()
    assert examined.reading.network.source is source


def test_the_schematic_roads_of_the_example_region(shared_dir, tmp_path):
    """A table of 99 real links, brought into our columns, is read without a problem."""
    rows = (shared_dir / "data" / "kursk_sumy" / "schematic_roads.csv").read_text("utf-8").splitlines()[1:]
    assert len(rows) == 99
    ends = sorted({name for row in rows for name in row.split(",")[:2]})
    nodes = [f"{at},{51 + at * 0.0001:.4f},35" for at in range(len(ends))]
    links = []
    for number, row in enumerate(rows):
        a, b, _, road, _, length, *_ = row.split(",")
        links.append(f"r{number},{ends.index(a)},{ends.index(b)},{length},{road}")
    (tmp_path / "nodes.csv").write_text("\n".join(["id,lat,lon", *nodes]), "utf-8")
    (tmp_path / "links.csv").write_text("\n".join(["id,from,to,length_km,ref", *links]), "utf-8")
    reading, problems = network_csv.read_counted(tmp_path)
    assert problems == ()
    assert len(reading.network.arcs) == 198

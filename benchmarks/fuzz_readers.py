# ruff: noqa: E501 - samples and the table of readers are read line by line
"""Every reader of bytes from outside: how it is called, what it may raise, and good samples to start from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safepassage.domain.errors import SafePassageError
from safepassage.domain.simulation import Traffic
from safepassage.formats.access import alert_file, referral_record
from safepassage.formats.case import (
    case_folder,
    case_template,
    case_write,
    network_csv,
    population_grid,
    quick_look_tables,
    template_rows,
)
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_sheets import workbook
from safepassage.formats.claims import (
    access_incidents,
    actors_in,
    annotated_report,
    cap_alert,
    claims_table,
    field_rows,
    gazetteer_in,
    ledger_json,
    logie,
    report_text,
    ucdp_events,
)
from safepassage.formats.containers import canonical_json, tabular, xlsx_in
from safepassage.formats.geometry import geometry_in, geometry_wkt
from safepassage.formats.gis import sumo
from safepassage.formats.log import bundle, checkpoint_json, draft_json, log_record
from safepassage.formats.movement import movement_file
from safepassage.formats.networks import matsim, osm, tntp
from safepassage.formats.plan import bus_instance, inputs_json, simulation_json, worlds_json
from safepassage.formats.sheets import audit_files
from safepassage.store import checking, exchange
from safepassage.store.event_store import EventStore
from safepassage.store.memory import MemoryBackend
from safepassage_verify import verify_files
from safepassage_verify.files import UnreadableError

AT = "2030-05-14T04:00:00Z"
ROW = {"outlet": "office", "received": AT}
GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a","obstype":"x"},'
    b'"geometry":{"type":"Polygon","coordinates":[[[25,50],[26,50],[26,51],[25,50]]]}}]}'
)
KML = (
    b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name>'
    b"<Polygon><outerBoundaryIs><LinearRing><coordinates>25,50 26,50 26,51 25,50</coordinates></LinearRing>"
    b"</outerBoundaryIs></Polygon></Placemark></Document></kml>"
)
GPX = (
    b'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><wpt '
    b'lat="50" lon="25"><name>a</name></wpt><rte><rtept lat="50" lon="25"/><rtept lat="51" lon="26"/></rte></gpx>'
)
CAP = (
    b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A1</identifier><sender>a</sender><sent>'
    b"2030-05-14T04:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>"
    b"<category>Safety</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity>"
    b"<certainty>Observed</certainty><headline>water</headline><area><areaDesc>Alder</areaDesc><polygon>50,25 "
    b"51,25 51,26 50,25</polygon><circle>50,25 1.5</circle></area></info></alert>"
)
OSM = (
    b'<osm version="0.6"><node id="1" lat="50" lon="25"/><node id="2" lat="50.01" lon="25.01"/><way id="3"><nd '
    b'ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="maxspeed" v="50"/></way></osm>'
)
TNTP = (
    b"<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 3\n<FIRST THRU NODE> 1\n<NUMBER OF LINKS> 2\n<END OF METADATA>\n"
    b"~ init term capacity length fft b power speed toll type ;\n1 3 100 1 1 0.15 4 0 0 1 ;\n3 2 100 1 1 0.15 4 0 0 1 ;\n"
)
MATSIM = (
    b'<network><nodes><node id="1" x="25" y="50"/><node id="2" x="26" y="51"/></nodes><links capperiod="01:00:00">'
    b'<link id="1" from="1" to="2" length="10" capacity="600" freespeed="10" permlanes="1"/></links></network>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader: its call, the exceptions that are its answer, and its samples."""

    name: str
    read: Callable[[bytes], Any]
    samples: tuple[bytes, ...]
    answers: tuple[type[Exception], ...] = (SafePassageError,)


def _by_file(suffix: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    """Return a reader of bytes for one of a path."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    path = folder / f"x{suffix}"

    def run(data: bytes) -> Any:
        path.write_bytes(data)
        return read(path)

    return run


def _take(data: bytes) -> None:
    other = EventStore(MemoryBackend(b"x" * 32, bytes(16)), lambda: 1_900_000_000_000)
    other.begin(org="blue", by="lead", why="start")
    exchange.take_bundle(other, data, file="x", by="radio")


@cache
def _store() -> EventStore:
    store = EventStore(MemoryBackend(bytes(32), bytes(16)), lambda: 1_900_000_000_000)
    store.begin(org="red", by="lead", why="start")
    store.append(draft_json.read(DRAFT, {}))
    return store


DRAFT = b'{"id":"r1","org":"red","by":"a","why":"b","kind":"c.d","body":{"x":[1,null,true]}}'
ALERT = (
    b'kind = "delay"\nurgency = "Expected"\nfrom = "2030-05-14T04:00:00Z"\n[[area]]\ndescription = "x"\n'
    b'circle = [51.0, 35.0, 2]\n[[area]]\ndescription = "y"\npolygon = [[50.0, 25.0], [51.0, 25.0], [51.0, 26.0]]\n'
    b'[[text]]\nlanguage = "en"\nheadline = "h"\ndescription = "d"\n'
)
REPORT = (
    b"outlet: Desk\npublished: 2031-05-14\n=== one\nstyle: field\n\n[X1 The road to [P=Orlec@Tarn|Orlec] is open,] "
    b"[S1 the mayor] [C1 told] me.\n[S2 [M Velmar]] [C2 denies] [X2 that [Q=2000.. persons|over 2,000] left].\n--\n"
    b"1 quotation asserted road_status: Desk > mayor\n2 clause denied persons_left: Desk > Velmar\n"
)
REFERRAL = b'kind = "dead"\nrecipient = "x"\npurpose = "y"\nbasis = "no_personal_data"\nplace = "z"\npersons = 1\nlat = 50.0\n'
MOVEMENT = b'id = "m1"\nkind = "notified"\n[[vehicles]]\nkind = "bus"\ncount = 2\nlat = 50.0\nlon = 25.0\n'
DRIVEN = (
    b'{"by":"a","class":"RESTRICTED","movements":[{"arrive_s":9,"entries":[[0,1],[2,5]],"movement":"bus-1/1"}],'
    b'"plan_sha256":"0","schema":"safepassage.driven/1"}'
)
SUMO_WAYS = (
    b'<routes><vehicle id="v0" depart="1.00" arrival="9.00"><route edges="e0 e1" exitTimes="5.00 9.00"/></vehicle>'
    b"</routes>"
)
SUMO_HALTS = b'<stops><stopinfo id="v0" started="5.00" ended="7.00"/></stops>'
TRAFFIC = Traffic(nodes=(), roads=(), vehicles=(), stages=(), end_s=10)
OVERRIDES = b'[[override]]\nrule = "SP-18"\nby = "lead"\nreason = "why"\nat = "2030-05-13T18:00:00Z"\n'
MANIFEST = json.dumps(
    {"groups": [{"token": "g", "size": 2, "rides": [{"movement": "m", "site": "s", "persons": 2}],
                 "consents": ["c"], "cards": ["k"], "unaccompanied": 1}],
     "counts": [{"movement": "m", "waypoint": "w", "departed": 2, "arrived": 2, "closed": True}],
     "registered": 9, "registered_men": 3, "boarded": 9, "boarded_men": 3},
).encode()  # fmt: skip
CSV = (
    b"event;type_of_violence;category;status;state;obstype;date;text;words;place;lat;lon;id;deaths_civilians\n"
    b"mine;1;denial;open;open;bridge;2030-05-13;a road;a road;Alder;50.1;25.1;x1;0\n"
)


def readers() -> tuple[Reader, ...]:
    """Return every reader, by name."""
    tables = template_rows.template_tables()
    ledger, _ = ledger_json.read(b"", file="x")
    book = workbook(tables)
    csvs = tuple(case_write.csv_text(table).encode() for table in tables[1:6])
    rows = (CSV, GEOJSON)
    store = _store()
    plain = [
        Reader(
            name="access incidents",
            samples=(CSV,),
            read=lambda d: access_incidents.read(d, file="x.csv", **ROW),
        ),
        Reader(
            name="actors",
            samples=(b"id,name,side\na,A,west\n",),
            read=lambda d: actors_in.read(d, file="x.csv"),
        ),
        Reader(name="alert to send", samples=(ALERT,), read=lambda d: alert_file.read(d, file="x.toml")),
        Reader(
            name="annotated report",
            samples=(REPORT,),
            read=lambda d: annotated_report.read(d, file="x.md"),
        ),
        Reader(name="bundle", samples=(exchange.make_bundle(store, 1_900_000_000_000),), read=_take),
        Reader(
            name="bundle file",
            samples=(exchange.make_bundle(store, 1_900_000_000_000),),
            read=lambda d: bundle.read(d, file="x"),
        ),
        Reader(name="CAP alert", samples=(CAP,), read=lambda d: cap_alert.read(d, file="x.xml", **ROW)),
        Reader(
            name="checkpoint",
            samples=(checkpoint_json.write(checking.make_checkpoint(store, 1_900_000_000_000)),),
            read=lambda d: checkpoint_json.read(d, file="x"),
        ),
        Reader(
            name="claims table",
            samples=(b"claim,decision,by,why\nc1,accept,lead,x\n",),
            read=lambda d: claims_table.read(d, ledger, file="x.csv", at=AT, by="lead"),
        ),
        Reader(name="field rows", samples=rows, read=lambda d: field_rows.read(d, file="x.csv", **ROW)),
        Reader(
            name="gazetteer",
            samples=(b"name,lat,lon\nAlder,50,25\n",),
            read=lambda d: gazetteer_in.read(d, file="x.csv"),
        ),
        Reader(
            name="GeoJSON, KML, GPX, KMZ",
            samples=(GEOJSON, KML, GPX),
            read=lambda d: [
                geometry_in.read_features(d, f"x.{end}") for end in ("geojson", "kml", "gpx", "kmz")
            ],
        ),
        Reader(name="ledger", samples=(b'{"kind":"claim"}\n',), read=lambda d: ledger_json.read(d, file="x")),
        Reader(
            name="log entry",
            samples=(list(store.backend.rows(store.log))[1].record,),
            read=log_record.decode,
            answers=(ValueError,),
        ),
        Reader(name="draft", samples=(DRAFT,), read=lambda d: draft_json.read(d, {}), answers=(ValueError,)),
        Reader(name="logie", samples=rows, read=lambda d: logie.read(d, file="x.csv", **ROW)),
        Reader(name="manifest", samples=(MANIFEST,), read=lambda d: audit_files.read_manifest(d, "x")),
        Reader(name="overrides", samples=(OVERRIDES,), read=lambda d: audit_files.read_overrides(d, "x")),
        Reader(
            name="movement file",
            samples=(MOVEMENT, b'{"id":"m"}'),
            read=lambda d: movement_file.read(d, file="x.toml"),
        ),
        Reader(
            name="chances of worlds",
            samples=(b"unknown_ppm = 200000\nrestricted_ppm = 50000\n",),
            read=lambda d: worlds_json.read_chances(d, file="x.toml"),
        ),
        Reader(
            name="movements as driven",
            samples=(DRIVEN,),
            read=lambda d: simulation_json.read_driven(d, file="x.json", plan_sha256="0"),
        ),
        Reader(
            name="what a simulator wrote",
            samples=(SUMO_WAYS, SUMO_HALTS),
            read=lambda d: sumo.read(TRAFFIC, d, d),
        ),
        Reader(name="referral", samples=(REFERRAL,), read=lambda d: referral_record.read(d, file="x.toml")),
        Reader(
            name="report text",
            samples=(b"Office, 13 May 2030\n\nThe road is closed.\n",),
            read=lambda d: report_text.read(d, file="x.txt"),
        ),
        Reader(
            name="settings of a case",
            samples=(case_template.settings_toml().encode(),),
            read=lambda d: case_folder.read_toml("case.toml", d),
        ),
        Reader(name="table, CSV", samples=csvs, read=lambda d: tabular.read_csv("demand", "x.csv", d)),
        Reader(name="UCDP events", samples=(CSV,), read=lambda d: ucdp_events.read(d, file="x.csv", **ROW)),
        Reader(name="workbook", samples=(book,), read=lambda d: xlsx_in.read_workbook(d, "x.xlsx")),
    ]
    return tuple(sorted((*plain, *_of_text(), *_of_files(book)), key=lambda one: one.name.casefold()))


def _of_text() -> tuple[Reader, ...]:
    where = tabular.Where(file="x")

    def text(data: bytes) -> str:
        return data.decode("utf-8", "replace")

    return (
        Reader(
            name="bus instance",
            samples=(b"1 1 1 1\n1\n1 1\n1 1\n1\n1\n",),
            read=lambda d: bus_instance.read(text(d)),
            answers=(ValueError, SafePassageError),
        ),
        Reader(
            name="exits of a quick look",
            samples=(b"50,25;51,26",),
            read=lambda d: quick_look_tables.read_exits(text(d)),
        ),
        Reader(
            name="WKT",
            samples=(b"POLYGON((25 50,26 50,26 51,25 50))",),
            read=lambda d: geometry_wkt.read(text(d), where),
        ),
        Reader(
            name="inputs of a plan",
            samples=(b"{}",),
            read=lambda d: inputs_json.parse(canonical_json.decode(d)),
            answers=(
                ValueError,
                KeyError,
                TypeError,
                AttributeError,
                IndexError,
                RecursionError,
                SafePassageError,
            ),
        ),
    )


def _of_files(book: bytes) -> tuple[Reader, ...]:
    def verified(path: Path) -> Any:
        path.with_name("inputs.json").write_bytes(b"{}")
        return verify_files(path)

    return (
        Reader(
            name="case workbook",
            samples=(book,),
            read=_by_file(".xlsx", lambda p: read_case(p, network_given=True)),
        ),
        Reader(
            name="links of a quick look",
            samples=(b"from_lat,from_lon,to_lat,to_lon\n50,25,51,26\n",),
            read=_by_file(".csv", quick_look_tables.read_links),
        ),
        Reader(
            name="checkpoints of a quick look",
            samples=(b"lat,lon,persons_h\n50,25,100\n",),
            read=_by_file(".csv", quick_look_tables.read_checkpoints),
        ),
        Reader(name="MATSim network", samples=(MATSIM,), read=_by_file(".xml", matsim.read)),
        Reader(
            name="network, CSV",
            samples=(
                b"id,from_lon,from_lat,to_lon,to_lat,length_m,class\n1,25,50,26,51,1000,primary\n",
                b'WKT,highway\n"LINESTRING(25 50,26 51)",primary\n',
            ),
            read=_by_file(".csv", network_csv.read),
        ),
        Reader(name="OSM XML", samples=(OSM,), read=_by_file(".osm", osm.read)),
        Reader(
            name="OSM PBF",
            samples=(bytes.fromhex("0000000d0a094f534d48656164657218071a030a0548"),),
            read=_by_file(".osm.pbf", osm.read),
        ),
        Reader(
            name="plan, by the verifier",
            samples=(b'{"schema":"x","routes":[],"cars":[]}',),
            read=_by_file("plan.json", verified),
            answers=(UnreadableError,),
        ),
        Reader(
            name="population grid",
            samples=(b"lat,lon,population\n50,25,100\n",),
            read=_by_file(".csv", population_grid.read_grid),
        ),
        Reader(name="TNTP network", samples=(TNTP,), read=_by_file("_net.tntp", tntp.read)),
    )

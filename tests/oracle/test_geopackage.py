"""The GeoPackage is one to SQLite, to GDAL and to QGIS itself, and holds what the GeoJSON files hold."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from xml.etree import ElementTree as ET

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from shapely.geometry import shape

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.gis import geopackage, plan_geojson, qgis_style
from safepassage.testing.sample_documents import sample_documents, sample_layers

RELEASE = release(*sample_documents(), Audience.PLANNING_TEAM)
LAYERS = sample_layers()
COLLECTIONS = {
    "corridors": json.loads(plan_geojson.write_corridors(RELEASE, LAYERS)),
    "places": json.loads(plan_geojson.write_places(RELEASE)),
    "modifications": json.loads(plan_geojson.write_modifications(RELEASE, LAYERS)),
    "areas": json.loads(plan_geojson.write_areas(RELEASE, LAYERS)),
}
# What QGIS says of each layer, asked in a process of its own: the modules are the distribution's.
ASK = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False); app.initQgis()
found = {}
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    _, styled = layer.loadDefaultStyle()
    kinds = [c.symbol().symbolLayer(0).layerType() for c in layer.renderer().categories()]
    values = [c.value() for c in layer.renderer().categories()]
    found[name] = [layer.isValid(), layer.featureCount(), layer.crs().authid(), styled, kinds, values]
print("ANSWER" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("gpkg") / "RESTRICTED-plan.gpkg"
    file.write_bytes(geopackage.write(RELEASE, LAYERS))
    return file


def test_sqlite_finds_it_whole_and_its_references_kept(path):
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        about = dict(base.execute("SELECT name, value FROM about"))
    assert about["class"] == "RESTRICTED"
    assert about["attribution"] == RELEASE.inputs["network"]["attribution"]
    assert about["generated_from plan.json"] == RELEASE.generated_from["plan.json"]


def test_gdal_reads_the_features_of_the_geojson_files(path):
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == [*COLLECTIONS, "about", "layer_styles"]
    for name, collection in COLLECTIONS.items():
        meta, _, geometries, values = pyogrio.raw.read(path, layer=name)
        features = collection["features"]
        assert meta["crs"] == "EPSG:4326"
        assert len(geometries) == len(features)
        wanted = [shape(f["geometry"]) if f["geometry"] else None for f in features]
        for geometry, other in zip(geometries, wanted, strict=True):
            assert other is None if geometry is None else shapely.from_wkb(geometry).equals(other)
        for key, column in zip(meta["fields"], values, strict=True):
            expected = [f["id"] if key == "id" else f["properties"].get(key) for f in features]
            read = [
                None if v is None or (isinstance(v, float) and np.isnan(v)) else v for v in column.tolist()
            ]
            assert read == expected, (name, key)


def test_the_same_plan_gives_the_same_bytes(path):
    assert geopackage.write(RELEASE, LAYERS) == path.read_bytes()


def test_a_style_is_markup_and_knows_every_kind_there_is(path):
    for name, collection in COLLECTIONS.items():
        style = ET.fromstring(qgis_style.qml(name).partition("\n")[2])
        renderer = style.find("renderer-v2")
        values = {row.get("value") for row in renderer.iter("category")}
        used = {f["properties"][renderer.get("attr")] for f in collection["features"]}
        assert {str(int(v)) if isinstance(v, bool) else v for v in used} <= values
        symbols = list(renderer.iter("symbol"))
        looks = [tuple(sorted((p.get("k"), p.get("v")) for p in s.iter("prop"))) for s in symbols]
        assert len(set(looks)) == len(looks), "two kinds look alike"
        bare = [tuple(pair for pair in look if "color" not in pair[0]) for look in looks]
        if name != "places":
            assert len(set(bare)) == len(bare), "told apart by colour alone"


def test_it_is_for_the_planning_team_only():
    with pytest.raises(ValueError, match="PLANNING_TEAM"):
        geopackage.write(release(*sample_documents(), Audience.PUBLIC), LAYERS)


def qgis_python():
    """Return a Python that has the modules of QGIS, or None."""
    for python in filter(None, (shutil.which("python3", path="/usr/bin"),)):
        done = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)
        if not done.returncode:
            return python
    return None


@pytest.mark.slow
def test_qgis_opens_it_and_takes_up_the_style(path, tmp_path):
    python = qgis_python()
    if python is None:
        pytest.skip("no QGIS on this computer (Debian: python3-qgis)")
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    copy = shutil.copy(path, tmp_path)
    done = subprocess.run(
        [python, "-c", ASK, copy, *COLLECTIONS], capture_output=True, text=True, check=True, env=environment
    )
    found = json.loads(done.stdout.partition("ANSWER")[2])
    layer = {"corridors": "SimpleLine", "places": "SimpleMarker", "modifications": "SimpleLine",
             "areas": "SimpleFill"}  # fmt: skip
    for name, collection in COLLECTIONS.items():
        valid, count, system, styled, kinds, values = found[name]
        assert (valid, count, system, styled) == (True, len(collection["features"]), "EPSG:4326", True)
        assert set(kinds) == {layer[name]}
        assert len(values) > 2

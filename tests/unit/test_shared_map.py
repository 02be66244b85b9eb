"""The map of a server: found by place in the database, behind the walls of tenants, streamed and tiled."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, repeat

import mapbox_vector_tile
import pytest

from safepassage.domain.errors import StorageError, StoreError
from safepassage.store import shared_map
from safepassage.store.map_feature import Feature, point_text
from safepassage.store.map_schema import MIGRATIONS, map_sql
from safepassage.store.postgres import connected
from safepassage.store.shared_map import BATCH_ROWS, SharedMap
from tests.support import postgres as server

E7 = 10**7


@pytest.fixture
def shared(postgres):
    server.prepare_map(postgres)
    connections = []

    def opened(tenant="red", user="app"):
        connections.append(connected(server.server(postgres, tenant, user)))
        return SharedMap(connections[-1], tenant)

    yield opened
    for connection in connections:
        connection.close()


def report(number, lon, lat, **facts):
    return Feature(
        layer="reports", id=f"r-{number}", at_ms=number, facts=tuple(sorted(facts.items())),
        shape=point_text(round(lon * E7), round(lat * E7)),
    )  # fmt: skip


def test_features_are_found_by_box_distance_and_area(shared):
    kept = shared()
    rows = [report(k, 34 + k / 100, 51, word="tab\there \\ and\nthere ї") for k in range(50)]
    assert kept.put(iter(rows)) == 50
    found = kept.within("reports", (34 * E7, 50 * E7, round(34.055 * E7), 52 * E7))
    assert [one.id for one in found] == ["r-5", "r-4", "r-3", "r-2", "r-1", "r-0"]
    assert found[0].facts == rows[5].facts
    near = kept.near("reports", round(34.2 * E7), 51 * E7, most=3)
    assert near[0][0].id == "r-20"
    assert near[0][1] == 0
    assert 690 < near[1][1] < 710
    area = "POLYGON((34.095 50,34.125 50,34.125 52,34.095 52,34.095 50))"
    assert [one.id for one in kept.crossing("reports", area)] == ["r-10", "r-11", "r-12"]
    assert kept.within("reports", (34 * E7, 50 * E7, 35 * E7, 52 * E7), since_ms=48)[-1].id == "r-48"


def test_the_newest_of_alike_ids_stands(shared):
    kept = shared()
    kept.put([report(1, 34, 51, word="old"), report(1, 34, 51, word="older")])
    kept.put([report(1, 34, 51, word="new")])
    assert kept.count("reports") == 1
    assert kept.near("reports", 34 * E7, 51 * E7)[0][0].facts == (("word", "new"),)


def test_more_than_a_batch_is_taken_from_a_stream(shared):
    kept = shared()
    rows = (report(k, 34, 51) for k, _ in enumerate(repeat(None, BATCH_ROWS + 7)))
    assert kept.put(rows) == BATCH_ROWS + 7
    assert kept.count("reports") == BATCH_ROWS + 7


def test_a_tenant_sees_and_writes_its_own_map_only(shared):
    shared().put([report(1, 34, 51)])
    assert shared("blue").count("reports") == 0
    with pytest.raises(StorageError):
        shared("red", "app_blue").put([report(2, 34, 51)])


def test_layers_are_listed_by_name_and_tenant(shared):
    kept = shared()
    assert kept.layers() == []
    rows = [report(k, 34, 51) for k in range(3)]
    kept.put([*rows, *(replace(row, layer=name) for row in rows for name in ("wells", "camps"))])
    assert kept.layers() == ["camps", "reports", "wells"]
    assert shared("blue").layers() == []


def test_a_tile_holds_no_more_than_a_browser_can_draw(shared, monkeypatch):
    monkeypatch.setattr(shared_map, "MOST_IN_TILE", 5)
    kept = shared()
    kept.put(report(k, 34, 51) for k in range(20))
    assert len(mapbox_vector_tile.decode(kept.tile("reports", 0, 0, 0))["reports"]["features"]) == 5


def test_tiles_hold_what_lies_in_them(shared):
    kept = shared()
    kept.put([report(1, 34.0, 51.0, word="here")])
    zoom = 8
    column = int((34.0 + 180) / 360 * 2**zoom)
    content = kept.tile("reports", zoom, column, 85)
    drawn = mapbox_vector_tile.decode(content)["reports"]["features"]
    assert [feature["properties"]["id"] for feature in drawn] == ["r-1"]
    assert mapbox_vector_tile.decode(kept.tile("reports", zoom, column + 40, 85)) == {}
    with pytest.raises(ValueError, match="no tile"):
        kept.tile("reports", 3, 8, 0)


def test_questions_by_place_use_the_index_behind_the_wall(shared, postgres):
    kept = shared()
    kept.put(report(k, 34 + k / 100, 51) for k in range(50))
    kept._connection.run("SET enable_seqscan = off")
    asked = "SELECT id FROM safepassage.features WHERE layer = 'reports'"
    box = "geom && ST_MakeEnvelope(34, 50, 34.1, 52, 4326)"
    point = "geom <-> ST_SetSRID(ST_MakePoint(34, 51), 4326)"
    for question in (f"{asked} AND {box}", f"{asked} ORDER BY {point} LIMIT 3"):
        plan = "\n".join(row[0] for row in kept._connection.run(f"EXPLAIN {question}"))
        assert "features_by_tenant_and_place" in plan
        condition = next(line for line in plan.splitlines() if "Index Cond" in line)
        assert "tenant" in condition
        assert "layer" in condition
        assert ("geom" in condition) == ("&&" in question)


def test_a_batch_is_laid_down_neighbours_together(shared):
    kept = shared()
    corners = [(34.0, 51.0), (39.0, 46.0), (25.0, 49.0)]
    kept.put(report(k, *corners[k % 3]) for k in range(60))
    rows = kept._connection.run("SELECT right(id, -2)::int % 3 FROM safepassage.features ORDER BY ctid")
    corner = [row[0] for row in rows]
    assert sum(a != b for a, b in pairwise(corner)) == 2


def test_a_map_that_lacks_a_migration_is_refused(shared, postgres):
    shared()
    owner = server.as_owner(postgres)
    owner.run("DELETE FROM safepassage.migrations WHERE number = :n", n=len(MIGRATIONS))
    try:
        with pytest.raises(StoreError, match=f"{len(MIGRATIONS) - 1} of {len(MIGRATIONS)} migrations"):
            shared()
    finally:
        owner.run("INSERT INTO safepassage.migrations VALUES (:n)", n=len(MIGRATIONS))
        owner.close()


def test_names_that_are_no_names_are_refused():
    with pytest.raises(StoreError, match="no name"):
        map_sql("red; DROP", "app")

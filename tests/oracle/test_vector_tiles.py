"""Another library reads the tiles we write, and geometry of shapely says what should be in them."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box
from shapely.ops import unary_union

from safepassage.formats.maps.tile_lines import MARGIN, WORLD, WorldLines, cut
from safepassage.formats.maps.vector_tile import EXTENT, encode, encode_lines
from tests.support.effort import examples

coordinate = st.integers(-2 * EXTENT, 3 * EXTENT)
lines = st.lists(st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6), min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def world(drawn, groups):
    columns = np.array([point for line in drawn for point in line], np.int64) * (WORLD // EXTENT)
    start = np.cumsum([0, *map(len, drawn)])
    return WorldLines(x=columns[:, 0], y=columns[:, 1], start=start, group=np.array(groups))


def read(data):
    tile = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return tile["roads"]["features"] if tile else []


def as_lines(geometry):
    many = geometry["type"] == "MultiLineString"
    return [LineString(line) for line in (geometry["coordinates"] if many else [geometry["coordinates"]])]


@given(drawn=lines, data=st.data())
@settings(max_examples=examples(80))
def test_the_reader_finds_every_feature_with_its_properties(drawn, data):
    groups = data.draw(st.lists(st.integers(0, 3), min_size=len(drawn), max_size=len(drawn)))
    found = cut(world(drawn, groups), zoom=0, column=0, row=0, grain=1)
    properties = {
        group: data.draw(
            st.dictionaries(texts, st.one_of(texts, st.booleans(), st.integers(0, 2**31)), max_size=3)
        )
        for group in range(4)
    }
    features = read(encode([encode_lines("roads", found, properties)]))
    assert [row["properties"] for row in features] == [
        properties[group] for group in sorted(set(found.group.tolist()))
    ]
    points = [point for row in features for line in as_lines(row["geometry"]) for point in line.coords]
    assert points == list(zip(found.x.tolist(), found.y.tolist(), strict=True))


@given(drawn=lines)
@settings(max_examples=examples(60))
def test_what_is_cut_out_is_what_lies_inside(drawn):
    """Within two units, for ends are rounded; nothing inside is lost and nothing outside is kept."""
    found = cut(world(drawn, [0] * len(drawn)), zoom=0, column=0, row=0, grain=1)
    cuts = zip(found.start[:-1], found.start[1:], strict=True)
    kept = unary_union(
        [LineString(np.stack((found.x[a:b], found.y[a:b]), axis=1)) for a, b in cuts] or [LineString()]
    )
    whole = unary_union([LineString(line) for line in drawn])
    frame = box(-MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)
    assert kept.difference(whole.buffer(2)).length == 0
    assert kept.difference(frame.buffer(0.01)).length == 0
    inner = whole.intersection(box(0, 0, EXTENT, EXTENT))
    assert inner.difference(kept.buffer(2)).length == 0

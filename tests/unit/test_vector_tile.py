"""Tiles of lines are written as the specification says, and hold what can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.formats.maps.tile_lines import MARGIN, WORLD, WorldLines, cut, project, unproject
from safepassage.formats.maps.vector_tile import EXTENT, LineParts, encode, encode_lines, varint, varints


def parts(*lines, group=None):
    points = [point for line in lines for point in line]
    start = np.cumsum([0, *map(len, lines)])
    columns = np.array(points, np.int64).reshape(-1, 2)
    groups = np.arange(len(lines)) if group is None else np.array(group)
    return LineParts(x=columns[:, 0], y=columns[:, 1], start=start, group=groups)


def test_the_example_of_the_specification():
    """MVT 2.1 §4.3.5.3: move to (2,2), line to (2,10) and (10,10) is 9 4 4 18 0 16 16 0."""
    layer = encode_lines("x", parts([(2, 2), (2, 10), (10, 10)]), {0: {}})
    assert bytes([9, 4, 4, 18, 0, 16, 16, 0]) in layer


def test_two_lines_of_one_feature_share_a_pen():
    """MVT 2.1 §4.3.5.4: the second line begins where the first ended."""
    layer = encode_lines("x", parts([(2, 2), (2, 10), (10, 10)], [(1, 1), (3, 5)], group=[0, 0]), {0: {}})
    assert bytes([9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]) in layer


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**14 - 1, 2**14, 2**21, 2**28, 2**32 - 1])
def test_varints_in_a_row_equal_varints_one_by_one(value):
    data, begins = varints(np.array([value, 5, value], np.int64))
    assert data.tobytes() == varint(value) + varint(5) + varint(value)
    assert begins.tolist() == [0, len(varint(value)), len(varint(value)) + 1, 2 * len(varint(value)) + 1]


def test_no_layers_are_no_bytes():
    assert encode([]) == b""


@pytest.mark.parametrize(
    ("start", "group", "complaint"),
    [([0, 1, 3], [0, 1], "two or more"), ([0, 2, 4], [1, 0], "sorted"), ([0, 2], [0], "closes")],
)
def test_parts_that_are_no_lines_are_refused(start, group, complaint):
    points = np.zeros(4 if complaint != "two or more" else 3, np.int64)
    with pytest.raises(ValueError, match=complaint):
        LineParts(x=points, y=points, start=np.array(start), group=np.array(group))


def world(*lines, zoom=0):
    scale = WORLD // EXTENT >> zoom
    whole = parts(*lines)
    return WorldLines(x=whole.x * scale, y=whole.y * scale, start=whole.start, group=whole.group)


def seen(lines, **options):
    found = cut(lines, **({"zoom": 0, "column": 0, "row": 0, "grain": 1} | options))
    pieces = zip(found.start[:-1], found.start[1:], strict=True)
    return [list(zip(found.x[a:b].tolist(), found.y[a:b].tolist(), strict=True)) for a, b in pieces]


def test_a_line_inside_stays_as_it_is():
    assert seen(world([(10, 10), (20, 30), (40, 5)])) == [[(10, 10), (20, 30), (40, 5)]]


def test_a_line_that_leaves_and_comes_back_is_two():
    """Each ends a little outside, so that strokes of neighbouring tiles meet."""
    far = EXTENT + MARGIN
    found = seen(world([(4000, 10), (4400, 10), (4400, 50), (4000, 50)]))
    assert found == [[(4000, 10), (far, 10)], [(far, 50), (4000, 50)]]


def test_a_line_that_only_passes_the_corner_is_left_out():
    assert seen(world([(-300, 10), (10, -300)])) == []
    assert seen(world([(-20, 10), (10, -20)])) == [[(-20, 10), (10, -20)]]


def test_what_is_smaller_than_a_grain_is_left_out():
    assert seen(world([(97, 97), (98, 98), (97, 95), (120, 97)]), grain=8) == [[(96, 96), (120, 96)]]


def test_lines_of_one_group_that_fall_on_each_other_are_drawn_once():
    both = world([(8, 8), (80, 80)], [(80, 80), (8, 8)])
    together = WorldLines(x=both.x, y=both.y, start=both.start, group=np.array([3, 3]))
    assert seen(together) == [[(8, 8), (80, 80)]]
    assert len(seen(both)) == 2


def test_a_neighbouring_tile_sees_the_rest():
    lines = world([(4000, 10), (4400, 10)], zoom=3)
    assert seen(lines, zoom=3, column=1) == [[(-MARGIN, 10), (304, 10)]]


def test_places_are_where_mercator_puts_them():
    x, y = project(np.array([0, -1_800_000_000, 346_500_000]), np.array([0, 850_511_288, 512_000_000]))
    assert (x[0], y[0]) == (WORLD // 2, WORLD // 2)
    assert (x[1], abs(y[1]) < 100) == (0, True)
    assert unproject(int(x[2]), int(y[2])) == pytest.approx((346_500_000, 512_000_000), abs=1)

"""CSV files are read however a spreadsheet program may have written them."""

from __future__ import annotations

import pytest

from safepassage.domain.problem import Problem
from safepassage.formats.containers.tabular import normal_name, read_csv, shown

TEXT = 'id,name\nкниш,"Книш, Суджа"\nb,"say ""so"""\n'
ROWS = (("книш", "Книш, Суджа"), ("b", 'say "so"'))


def cells(data: bytes, encoding: str = ""):
    table = read_csv("places", "places.csv", data, encoding=encoding)
    assert not isinstance(table, Problem), str(table)
    return tuple(row.cells for row in table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_unicode_with_or_without_a_mark(encoding):
    mark = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}.get(encoding, b"")
    assert cells(mark + TEXT.encode(encoding.removesuffix("-bom"))) == ROWS


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-u", "cp866"])
def test_declared_older_encodings(encoding):
    assert cells(TEXT.encode(encoding), encoding) == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_separator_and_line_end(separator, newline):
    lines = [separator.join(row) for row in (("id", "name", "lat"), ("a", "A", "1.5"), ("b", "B", "2"))]
    assert cells(newline.join(lines).encode()) == (("a", "A", "1.5"), ("b", "B", "2"))


def test_separator_declared_as_spreadsheet_programs_do():
    assert cells(b"sep=|\nid|name\na|A, with comma\n") == (("a", "A, with comma"),)


def test_remarks_and_empty_rows_are_skipped_and_counted():
    table = read_csv("places", "places.csv", b"# a remark, with comma\n\nid,name\n\n#x,y\na,A\n,,\n")
    assert not isinstance(table, Problem)
    assert (table.header_row, table.header) == (3, ("id", "name"))
    assert [(row.number, row.cells) for row in table.rows] == [(6, ("a", "A"))]


def test_an_empty_file_has_no_header():
    table = read_csv("places", "places.csv", b"\xef\xbb\xbf\n\n")
    assert not isinstance(table, Problem)
    assert table.header == ()


@pytest.mark.parametrize("data", [b"id,name\n\0\0\n", b"PK\x03\x04\0\0", b"\xff\xfea", bytes(range(256))])
def test_what_is_no_text_is_a_problem(data):
    found = read_csv("places", "places.csv", data)
    assert isinstance(found, Problem)
    assert found.code == "FILE_ENCODING"


def test_a_file_larger_than_any_case_is_not_read(monkeypatch):
    monkeypatch.setattr("safepassage.formats.containers.tabular.MAX_CSV_BYTES", 10)
    found = read_csv("places", "places.csv", b"id,name\na,A\n")
    assert isinstance(found, Problem)
    assert found.code == "FILE_TOO_LARGE"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Wheelchair places", "wheelchair_places"),
        (" max_weight_t [t] * ", "max_weight_t"),
        ("Capacity-night (persons)", "capacity_night"),
        ("FROM", "from"),
        (None, ""),
    ],
)
def test_titles_are_made_plain(title, name):
    assert normal_name(title) == name


def test_shown_values_are_short_and_harmless():
    assert shown("a\x1b[31mb\n\u202ec") == "“a [31mb c”"
    assert len(shown("x" * 500)) == 62

"""Nothing that stands in a file makes the reader fail: it finds problems, or it reads a case."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.problem_codes import PROBLEM_CODES
from safepassage.formats.case.case_out import TableOut
from safepassage.formats.case.case_reading import CaseReading, read_case
from safepassage.formats.case.case_sheets import workbook
from safepassage.formats.case.case_template import settings_toml
from safepassage.formats.case.case_write import csv_text
from safepassage.formats.case.template_rows import template_tables
from tests.support.effort import examples

TABLES = template_tables()
TEMPLATE = workbook(TABLES)
FILES = {"case.toml": settings_toml()} | {
    f"{out.name}.csv": csv_text(out) for out in TABLES if out.name != "settings"
}
PARTS = zipfile.ZipFile(io.BytesIO(TEMPLATE)).namelist()
ODD = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e999",
        "NaN",
        "=1+1",
        "#REF!",
        "a;b",
        "\x00",
        "\u202e",
        "99:99",
        "2030-02-30",
        "''",
        "🚌" * 70,
    ]
)
CELL = ODD | st.text(max_size=20)


def assert_answered(reading: CaseReading) -> None:
    """Every problem is of a known kind and says where and what to do; without an error there is a case."""
    for problem in reading.problems:
        assert problem.code in PROBLEM_CODES
        assert problem.where.file
        assert problem.message
        assert problem.hint
    assert (reading.case is None) == bool(reading.errors)


def folder_with(folder, changed: dict[str, bytes]):
    for name, text in FILES.items():
        (folder / name).write_bytes(changed.get(name, text.encode()))
    return folder


@given(
    picks=st.lists(
        st.tuples(st.sampled_from(TABLES[1:]), st.integers(0, 99), st.integers(0, 99), CELL), max_size=6
    ),
)
@settings(max_examples=examples(60))
def test_any_text_in_any_cell(picks, tmp_path_factory):
    changed: dict[str, TableOut] = {}
    for out, row, column, text in picks:
        rows = [list(cells) for cells in changed.get(out.name, out).rows]
        rows[row % len(rows)][column % len(out.header)] = text
        changed[out.name] = TableOut(name=out.name, header=out.header, rows=tuple(map(tuple, rows)))
    texts = {f"{name}.csv": csv_text(out).encode("utf-8", "replace") for name, out in changed.items()}
    assert_answered(read_case(folder_with(tmp_path_factory.mktemp("cells"), texts)))


@given(name=st.sampled_from(sorted(FILES)), at=st.floats(0, 1), junk=st.binary(max_size=8), cut=st.booleans())
@settings(max_examples=examples(60))
def test_any_bytes_in_any_file(name, at, junk, cut, tmp_path_factory):
    data = FILES[name].encode()
    position = round(at * len(data))
    changed = data[:position] + junk + (b"" if cut else data[position + len(junk) :])
    assert_answered(read_case(folder_with(tmp_path_factory.mktemp("bytes"), {name: changed})))


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=8), cut=st.booleans())
@settings(max_examples=examples(60))
def test_any_damage_to_a_workbook(at, junk, cut, tmp_path_factory):
    position = round(at * len(TEMPLATE))
    path = tmp_path_factory.mktemp("book") / "case.xlsx"
    path.write_bytes(TEMPLATE[:position] + junk + (b"" if cut else TEMPLATE[position + len(junk) :]))
    assert_answered(read_case(path))


@given(
    name=st.sampled_from(PARTS),
    at=st.floats(0, 1),
    junk=st.sampled_from([b"<", b"9", b'"', b"</row>", b"\xff"]),
)
@settings(max_examples=examples(60))
def test_any_damage_inside_a_workbook(name, at, junk, tmp_path_factory):
    path = tmp_path_factory.mktemp("part") / "case.xlsx"
    with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            position = round(at * len(body)) if part == name else 0
            new.writestr(
                part, body[:position] + junk + body[position + len(junk) :] if part == name else body
            )
    assert_answered(read_case(path))


@pytest.mark.slow
def test_a_workbook_of_five_thousand_rows_is_checked_in_three_seconds(tmp_path):
    """The time is that of this process, so that a busy computer does not fail the test."""
    tables = {out.name: out for out in TABLES}
    header = tables["places"].header
    places = list(tables["places"].rows)
    demand = list(tables["demand"].rows)
    for number in range(1_000):
        cells = dict(zip(header, places[2], strict=True))
        cells |= {"id": f"village-{number}", "lat": f"{0.05 + number / 1e5:.5f}", "lon": "0.1"}
        places.append(tuple(cells[name] for name in header))
        for group in ("own_vehicle", "needs_transport", "assisted", "wheelchair"):
            note = "seen on the list of the school"
            demand.append((f"village-{number}", "west", group, "12", "exercise", "4x2", "tally", note))
    tables["places"] = TableOut(name="places", header=header, rows=tuple(places))
    tables["demand"] = TableOut(name="demand", header=tables["demand"].header, rows=tuple(demand))
    path = tmp_path / "case.xlsx"
    path.write_bytes(workbook(list(tables.values())))
    started = time.process_time()
    reading = read_case(path)
    assert time.process_time() - started < 3.0
    assert reading.errors == ()
    assert len(reading.case.demand) == len(demand)

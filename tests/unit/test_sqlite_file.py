"""A database written by hand is one to SQLite itself: whole, with every value, and fit to be written to."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.formats.containers.sqlite_file import Table, database, record, varint

VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80),
    st.binary(max_size=80), st.builds("x".__mul__, st.integers(3_900, 13_000)),
)  # fmt: skip


def opened(path, data):
    path.write_bytes(data)
    return closing(sqlite3.connect(path))


def table(values, name="t"):
    return Table(name=name, sql=f"CREATE TABLE {name} (v)", rows=tuple(enumerate(((v,) for v in values), 1)))


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=40))
def test_every_value_comes_back(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("db") / "a.db"
    with opened(path, database([table(values), table([], "empty")])) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert [row[0] for row in base.execute("SELECT v FROM t ORDER BY rowid")] == values
        assert base.execute("SELECT count(*) FROM empty").fetchone() == (0,)


@pytest.mark.parametrize("size", [0, 1, 300, 4_050, 4_061, 4_062, 4_100, 8_190, 40_000])
def test_payloads_around_the_end_of_a_page(tmp_path, size):
    with opened(tmp_path / "a.db", database([table([b"\1" * size, "next"])])) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("SELECT v FROM t").fetchall() == [(b"\1" * size,), ("next",)]


def test_many_rows_make_levels_of_pages_and_the_file_can_be_written_to(tmp_path):
    values = [f"row {n} " + "y" * 400 for n in range(9_000)]
    with opened(tmp_path / "a.db", database([table(values)])) as base:
        assert base.execute("SELECT v FROM t WHERE rowid = 8999").fetchone() == (values[8_998],)
        base.execute("INSERT INTO t VALUES ('more')")
        base.execute("DELETE FROM t WHERE rowid < 4000")
        base.commit()
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("SELECT count(*) FROM t").fetchone() == (5_002,)


def test_an_index_of_a_constraint_is_used_and_kept(tmp_path):
    sql = "CREATE TABLE k (a TEXT NOT NULL PRIMARY KEY, b INTEGER UNIQUE)"
    keys = Table(name="k", sql=sql, rows=((1, ("b", 2)), (2, ("a", 1))), unique=((0,), (1,)))
    with opened(tmp_path / "a.db", database([keys], application_id=7, user_version=9)) as base:
        assert base.execute("SELECT b FROM k WHERE a = 'a'").fetchone() == (1,)
        assert base.execute("SELECT a FROM k WHERE b = 2").fetchone() == ("b",)
        with pytest.raises(sqlite3.IntegrityError):
            base.execute("INSERT INTO k VALUES ('a', 3)")
        assert base.execute("PRAGMA application_id").fetchone() == (7,)
        assert base.execute("PRAGMA user_version").fetchone() == (9,)


def test_negative_rowids_and_long_numbers():
    assert len(varint(-1)) == 9
    assert varint(127) == b"\x7f"
    assert varint(128) == b"\x81\x00"
    assert record((None, 1)) == b"\x03\x00\x09"


def test_what_no_file_can_hold_is_refused():
    with pytest.raises(ValueError, match="ascend"):
        Table(name="t", sql="", rows=((2, ()), (1, ())))
    with pytest.raises(ValueError, match="64 bits"):
        database([table([2**64])])
    with pytest.raises(ValueError, match="first page"):
        database([table([], f"t{n}") for n in range(400)])
    key = Table(name="k", sql="", rows=((1, ("x" * 2_000,)),), unique=((0,),))
    with pytest.raises(ValueError, match="longer than"):
        database([key])

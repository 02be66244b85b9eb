"""Every shape: what fits, what does not, where it is said, and that long lists are looked at as a whole."""

from __future__ import annotations

import pytest

from safepassage_verify import shape
from safepassage_verify.verdict import Findings

WHOLE = shape.whole(2, 4)
DEPARTURES = shape.departures((0, 9), (1, 4), (0, 2))
TABLE = shape.table((0, 9), (1, 4))
COLUMN = shape.column(2, 4)
AT = "2024-08-16T03:00:00Z"


class Unspelled(str):
    """A place that is spelled out only for an entry that is looked at by itself."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        raise AssertionError("entries were looked at one by one")


def faults(check, value):
    """Return (whether it fits, what is noted, how many things were checked)."""
    findings = Findings()
    fits = check(value, "x", findings)
    verdict = findings.verdict(recomputed={}, hashes={})
    assert fits is (not verdict.violations)
    assert {v.code for v in verdict.violations} <= {"SCHEMA"}
    return [f"{v.where}: {v.message}" for v in verdict.violations], verdict.checks.get("SCHEMA", 0)


def says(check, value):
    return faults(check, value)[0]


@pytest.mark.parametrize("value", [2, 3, 4])
def test_a_whole_number_within_its_limits_fits(value):
    assert says(WHOLE, value) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1, "1"), (5, "5"), (True, "True"), (3.0, "3.0"), ("3", "'3'"), (None, "None"), ([3], "a list"),
        ({}, "a dict"), (float("nan"), "nan"), (2**128 - 1, str(2**128 - 1)),
        (2**128, "a number of 129 bits"),
        ("y" * 60, repr("y" * 60)), ("y" * 61, repr("y" * 60 + "…")),
    ],
)  # fmt: skip
def test_what_is_no_such_number_is_shown_in_short(value, shown):
    assert says(WHOLE, value) == [f"x: must be a whole number from 2 to 4, is {shown}"]


@pytest.mark.parametrize(
    ("check", "good", "bad", "message"),
    [
        (shape.text, "", 1, "must be text, is 1"),
        (shape.flag, False, 0, "must be true or false, is 0"),
        (shape.instant, AT, "2024-08-16T03:00Z", f"must be a time such as {AT}, is '2024-08-16T03:00Z'"),
        (shape.instant, AT, 3, f"must be a time such as {AT}, is 3"),
        (shape.exactly("a"), "a", "b", "must be 'a', is 'b'"),
        (shape.one_of("a", "b"), "b", "c", "must be one of a, b, is 'c'"),
        (shape.nullable(shape.text), None, 1, "must be text, is 1"),
        (shape.nullable(shape.text), "a", 1, "must be text, is 1"),
        (shape.rows(WHOLE), (2, 3), 2, "must be a list, is 2"),
        (shape.row(WHOLE, shape.text), [2, "a"], [2], "must have 2 entries, has 1"),
        (shape.row(WHOLE, shape.text), (2, "a"), 2, "must be a list, is 2"),
        (COLUMN, [], 2, "must be a list, is 2"),
        (shape.texts, [], 2, "must be a list, is 2"),
        (TABLE, [], 2, "must be a list, is 2"),
        (DEPARTURES, [], 2, "must be a list, is 2"),
        (shape.record(a=WHOLE), {"a": 2}, [2], "must be an object, is a list"),
    ],
)  # fmt: skip
def test_each_shape_says_what_it_must_be(check, good, bad, message):
    assert says(check, good) == []
    assert says(check, bad) == [f"x: {message}"]


class Word(str):
    """A text of another type: no JSON reader makes one, but a caller might."""

    __slots__ = ()


@pytest.mark.parametrize("check", [shape.text, shape.exactly("a"), shape.one_of("a", "b")])
def test_only_a_text_itself_is_a_text(check):
    assert says(check, Word("a")) != []


def test_an_object_names_each_part_that_is_missing_or_wrong_and_counts_its_parts():
    check = shape.record(a=WHOLE, b=shape.text, class_=shape.text)
    assert faults(check, {"a": 2, "b": "", "class": ""}) == ([], 3)
    assert faults(check, {"a": 1, "b": 1}) == (
        ["x.a: must be a whole number from 2 to 4, is 1", "x.b: must be text, is 1", "x.class: is missing"],
        3,
    )
    assert says(check, {"a": 2, "class": ""}) == ["x.b: is missing"]
    assert says(check, {"a": 1, "b": "", "class": ""}) == ["x.a: must be a whole number from 2 to 4, is 1"]


@pytest.mark.parametrize(
    ("check", "value", "places"),
    [
        (shape.rows(WHOLE), [1, 2, 5], ["x[0]", "x[2]"]),
        (shape.row(WHOLE, WHOLE, WHOLE), [1, 2, 5], ["x[0]", "x[2]"]),
        (COLUMN, [1, 2, 5], ["x[0]", "x[2]"]),
        (COLUMN, [2, True], ["x[1]"]),
        (COLUMN, [2, 5], ["x[1]"]),
        (COLUMN, [1, 4], ["x[0]"]),
        (shape.texts, ["a", 1, None], ["x[1]", "x[2]"]),
        (TABLE, [[0, 1], [10, 4]], ["x[1][0]"]),
        (TABLE, [[-1, 1], [9, 4]], ["x[0][0]"]),
        (TABLE, [[0, 0], [9, 5]], ["x[0][1]", "x[1][1]"]),
        (TABLE, [[0, 1], [9]], ["x[1]"]),
        (TABLE, [[0, 1, 2], [9, 4, 2]], ["x[0]", "x[1]"]),
        (TABLE, [[0, 1], 3], ["x[1]"]),
        (TABLE, [[0, True]], ["x[0][1]"]),
        (DEPARTURES, [[0, 1, []], [10, 4, []]], ["x[1][0]"]),
        (DEPARTURES, [[0, 0, []], [9, 4, []]], ["x[0][1]"]),
        (DEPARTURES, [[0, 1, 3]], ["x[0][2]"]),
        (DEPARTURES, [[0, 1]], ["x[0]"]),
        (DEPARTURES, [[0, 1, [[0, 1]]], 3], ["x[1]"]),
        (DEPARTURES, [[0, 1, [[3, 9], [2, 10]]]], ["x[0][2][0][0]", "x[0][2][1][1]"]),
        (DEPARTURES, [[0, 1, [[0, 1, 2]]]], ["x[0][2][0]"]),
        (DEPARTURES, [[0, 1, [3]]], ["x[0][2][0]"]),
        (DEPARTURES, [[0, 5, [[0, 1]]], [-1, 1, []]], ["x[0][1]", "x[1][0]"]),
    ],
)
def test_every_entry_that_does_not_fit_is_named(check, value, places):
    assert [said.partition(": ")[0] for said in says(check, value)] == places


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (COLUMN, [2, 3, 4]), (COLUMN, (2, 4)), (COLUMN, []), (shape.texts, ["", "a"]),
        (TABLE, [[0, 1], [9, 4]]), (TABLE, ([0, 1], [9, 4])),
        (DEPARTURES, [[0, 1, []], [9, 4, []]]), (DEPARTURES, [[0, 1, [[0, 0], [2, 9]]], [9, 4, [[1, 1]]]]),
    ],
)  # fmt: skip
def test_long_lists_that_fit_are_looked_at_as_a_whole(check, value):
    assert check(value, Unspelled("x"), Findings())


@pytest.mark.parametrize(
    ("check", "value"),
    [(TABLE, [(0, 1), [9, 4]]), (DEPARTURES, ([0, 1, []],)), (DEPARTURES, [(0, 1, [])]),
     (DEPARTURES, [[0, 1, ((0, 1),)]]), (DEPARTURES, [[0, 1, [(0, 1)]]])],
)  # fmt: skip
def test_lists_of_another_type_fit_entry_by_entry(check, value):
    assert says(check, value) == []


@pytest.mark.parametrize(
    ("check", "value"), [(COLUMN, [2, 3]), (shape.texts, ["a", "b"]), (TABLE, [[0, 1]] * 2)]
)
def test_lists_count_what_they_looked_at(check, value):
    assert faults(check, value)[1] == 2

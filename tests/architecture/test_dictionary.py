"""The data dictionary and the nouns say the same: every field has its column, its class and its default."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from safepassage.domain import case
from safepassage.domain.admin_area import AdminArea
from safepassage.domain.dictionary.dictionary import TABLES, ValueType, explained, sensitivity_of, table
from safepassage.domain.release import SensitivityClass
from safepassage.formats.case.case_nouns import NOUN_TABLES
from safepassage.formats.case.case_times import Clock, Fault
from safepassage.formats.case.case_values import read_cell

CLOCK = Clock(epoch=datetime(2030, 5, 14, 4, tzinfo=UTC), offset_s=7_200, horizon_s=86_400)
COLUMNS = [(entry.name, column) for entry in TABLES for column in entry.columns]
IDS = [f"{name}.{column.name}" for name, column in COLUMNS]
OF_THE_FILE = {"file.encoding"}
"""What a file says of itself; no noun has it."""


def noun_of(name: str) -> type:
    return getattr(case, table(name).noun)


def field_names(name: str) -> set[str]:
    """Return the fields of a noun that a file fills, those of nested nouns with a dot."""
    found = set()
    for field in fields(noun_of(name)):
        if field.name == "provenance":
            found |= {f"provenance.{inner.name}" for inner in fields(case.Provenance)}
        elif field.name == "admin":
            found |= {f"admin.{inner.name}" for inner in fields(AdminArea)}
        elif field.name == "interval":
            found |= {"interval.from", "interval.until"}
        else:
            found.add(field.name)
    return found


@pytest.mark.parametrize("name", NOUN_TABLES)
def test_columns_fill_exactly_the_fields_of_their_noun(name):
    filled = {column.field for column in table(name).columns} - {"window.from", "window.until"}
    assert filled == field_names(name)


def test_settings_fill_the_settings_and_the_head_of_the_case():
    filled = {column.field for column in table("settings").columns} - OF_THE_FILE
    head = {field.name for field in fields(case.Case)} - {"settings", "road_statuses", *NOUN_TABLES}
    head -= {"clock_change"}  # read out of `time_zones`
    assert {name for name in filled if "." not in name} == field_names("settings") - {"extra"}
    assert {name.removeprefix("case.") for name in filled if "." in name} == head


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=IDS)
def test_a_column_is_complete_and_its_words_can_be_read(name, column):
    assert isinstance(column.sensitivity, SensitivityClass)
    assert column.meaning.endswith((".", ")", ":")) or ":" in column.meaning
    assert "\n" not in explained(column)
    assert (column.type is ValueType.WORD) <= bool(column.allowed)
    assert bool(column.refers_to) == (column.type in {ValueType.REFERENCE, ValueType.REFERENCES})
    assert column.type in {ValueType.WHOLE, ValueType.NUMBER} or column.scale == 1
    assert not (column.required and column.default)
    for text in (column.default, column.example):
        if text:
            value = read_cell(text, column, CLOCK)
            assert not isinstance(value, Fault), value


@pytest.mark.parametrize("name", [*NOUN_TABLES, "settings"])
def test_defaults_of_the_dictionary_are_those_of_the_nouns(name):
    by_field = {column.field: column for column in table(name).columns}
    for field in fields(noun_of(name)):
        column = by_field.get(field.name)
        if column is None or field.default is MISSING:
            continue
        value = read_cell(column.default, column, CLOCK) if column.default else field.default
        if column.default:
            assert value == field.default, column.name
        else:
            assert field.default in (None, "", (), 0), column.name


def test_numbers_have_limits():
    unlimited = [
        f"{name}.{column.name}"
        for name, column in COLUMNS
        if column.type in {ValueType.WHOLE, ValueType.NUMBER} and None in (column.minimum, column.maximum)
    ]
    assert unlimited == []


def test_the_class_of_a_field_is_that_of_its_column_and_unknown_fields_have_none():
    assert sensitivity_of("demand", "direction") is SensitivityClass.RESTRICTED
    assert sensitivity_of("places", "name") is SensitivityClass.PUBLIC
    with pytest.raises(KeyError):
        sensitivity_of("places", "colour")


def test_choices_and_fleet_are_for_the_planning_team_only():
    for name in ("demand", "fleet"):
        open_columns = {c.name for c in table(name).columns if c.sensitivity < SensitivityClass.RESTRICTED}
        assert open_columns <= {"place"}


def test_names_are_unique():
    for entry in TABLES:
        names = [column.name for column in entry.columns]
        assert len(names) == len(set(names))
    assert case.Settings().extra == MappingProxyType({})

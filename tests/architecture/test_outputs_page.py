"""The reference of outputs names every column, property and class that the writers use."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from safepassage.domain.release import FIELD_CLASSES, Audience, SensitivityClass
from safepassage.engines.release import release
from safepassage.formats.gis import plan_geojson
from safepassage.formats.paper.notice_texts import notice_texts
from safepassage.formats.tables.schedule_rows import ScheduleRows
from safepassage.testing.sample_documents import sample_documents, sample_layers

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "outputs.md").read_text("utf-8")
CODE = set(re.findall(r"`([^`]+)`", PAGE))
RELEASE = release(*sample_documents(), Audience.PLANNING_TEAM)


def test_every_column_of_the_schedule_is_documented():
    zones = "|".join(zone.label for zone in ScheduleRows(RELEASE).clock.zones)
    columns = {re.sub(rf" ({zones}|UTC)$", " ZONE", name) for name in ScheduleRows(RELEASE).header}
    assert columns <= CODE


def test_every_movement_word_is_documented():
    words = {row.movement.removesuffix(", empty") for row in ScheduleRows(RELEASE).rows}
    assert words <= CODE


@pytest.mark.parametrize("kind", ["corridors", "places", "modifications", "areas"])
def test_every_property_and_foreign_member_is_documented(kind):
    writer = getattr(plan_geojson, f"write_{kind}")
    collection = json.loads(writer(RELEASE) if kind == "places" else writer(RELEASE, sample_layers()))
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {kind} |"))
    stated = set(re.findall(r"`([^`]+)`", line))
    used = {key for feature in collection["features"] for key in feature["properties"]}
    assert used == stated - {"alternative"} - ({"corridor"} - used)
    assert collection.keys() - {"type", "features"} <= CODE


def test_classes_below_restricted_are_listed_exactly():
    for sensitivity in (SensitivityClass.PUBLIC, SensitivityClass.PARTNERS, SensitivityClass.PARTIES):
        line = next(row for row in PAGE.splitlines() if re.match(rf"\| {sensitivity.name} \|", row))
        stated = set(re.findall(r"`([^`]+)`", line))
        assert stated == {
            f"{noun}.{field}"
            for noun, fields in FIELD_CLASSES.items()
            for field, found in fields.items()
            if found is sensitivity
        }


def test_every_language_of_the_notice_is_listed():
    assert notice_texts().keys() <= CODE

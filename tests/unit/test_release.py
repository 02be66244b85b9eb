"""A release holds what its audience may see, and nothing is released that the verifier has not passed."""

from __future__ import annotations

import copy
import hashlib

import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import FIELD_CLASSES, Audience, Release, SensitivityClass, class_of
from safepassage.engines.release import UnverifiedPlanError, canonical_bytes, release
from safepassage.formats.gis import gpx, kmz, plan_geojson
from safepassage.formats.pages import report_html
from safepassage.formats.sheets import public_notice
from safepassage.formats.tables import schedule_csv, schedule_xlsx
from safepassage.testing.sample_documents import sample_documents, sealed

DOCUMENTS = sample_documents()
NOUNS = ("inputs", "plan", "certificate", "verification")
TEAM_WRITERS = {
    "report": lambda given: report_html.write(given, MapLayers()),
    "csv": schedule_csv.write,
    "xlsx": schedule_xlsx.write,
    "corridors": lambda given: plan_geojson.write_corridors(given, MapLayers()),
    "places": plan_geojson.write_places,
    "modifications": lambda given: plan_geojson.write_modifications(given, MapLayers()),
    "areas": lambda given: plan_geojson.write_areas(given, MapLayers()),
    "gpx": lambda given: gpx.write(given, MapLayers(), 0),
    "kmz": lambda given: kmz.write(given, MapLayers(), 0),
}


def changed(position: int, **fields):
    documents = list(copy.deepcopy(DOCUMENTS))
    documents[position] |= fields
    return documents


def fields_of(noun: str, document):
    """Yield every (noun, field) of a document; a table inside it is a noun of its own."""
    for field, value in document.items():
        below = f"{noun}.{field}"
        if isinstance(value, dict) and below not in {"verification.checks", "verification.recomputed"}:
            yield from fields_of(below, value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for row in value:
                yield from fields_of(below, row)
        elif value != []:
            yield noun, field


def test_classes_are_ordered():
    names = ["PUBLIC", "PARTNERS", "PARTIES", "RESTRICTED"]
    assert [c.name for c in sorted(SensitivityClass)] == names


@pytest.mark.parametrize(("noun", "document"), list(zip(NOUNS, DOCUMENTS, strict=True)))
def test_every_field_has_a_class(noun, document):
    missing = {f"{n}.{f}" for n, f in fields_of(noun, document) if f not in FIELD_CLASSES.get(n, {})}
    assert missing == set()


def test_unknown_field_and_unknown_noun_are_restricted():
    assert class_of("inputs.directions", "name") is SensitivityClass.PUBLIC
    assert class_of("inputs.directions", "colour") is SensitivityClass.RESTRICTED
    assert class_of("plan.secrets", "name") is SensitivityClass.RESTRICTED


def test_planning_team_sees_everything_and_cannot_change_it():
    given = release(*DOCUMENTS, Audience.PLANNING_TEAM)
    assert given.sensitivity is SensitivityClass.RESTRICTED
    assert set(given.plan) == set(DOCUMENTS[1])
    assert given.plan["cars"][0]["departures"][0][1] == DOCUMENTS[1]["cars"][0]["departures"][0][1]
    with pytest.raises(TypeError):
        given.plan["title"] = "another"
    with pytest.raises(TypeError):
        given.inputs["places"][0]["name"] = "another"
    with pytest.raises(AttributeError):
        given.audience = Audience.PUBLIC


def test_a_release_does_not_follow_later_changes_of_the_documents():
    documents = copy.deepcopy(DOCUMENTS)
    given = release(*documents, Audience.PLANNING_TEAM)
    documents[0]["places"][0]["name"] = "another"
    documents[1]["routes"][0]["arcs"].append(7)
    assert given.inputs["places"][0]["name"] == DOCUMENTS[0]["places"][0]["name"]
    assert given.plan["routes"][0]["arcs"] == tuple(DOCUMENTS[1]["routes"][0]["arcs"])


def test_what_goes_along_with_a_release_is_added_without_a_copy_and_kept_from_changes():
    given = release(*DOCUMENTS, Audience.PLANNING_TEAM)
    worlds = {"plan_sha256": given.stamp["plan_sha256"], "rows": [1, [2]]}
    added = given.along(worlds=worlds)
    worlds["rows"].append(3)
    assert added.worlds["rows"] == (1, (2,))
    assert added.plan is given.plan
    assert not given.worlds
    with pytest.raises(ValueError, match="no release for others"):
        release(*DOCUMENTS, Audience.PUBLIC).along(audit={"rows": []})
    with pytest.raises(ValueError, match="has no seals"):
        given.along(seals={})


def test_the_public_sees_directions_and_hotline_only():
    given = release(*DOCUMENTS, Audience.PUBLIC)
    assert set(given.inputs) == {"exercise", "directions", "notice"}
    assert given.plan == given.certificate == given.verification == given.generated_from == {}


def test_an_unknown_field_does_not_reach_the_public():
    inputs = copy.deepcopy(DOCUMENTS[0])
    inputs["directions"][0]["assembly_street"] = "Mill Lane"
    inputs["notice"]["route"] = {"street": "Mill Lane"}
    given = release(*sealed(inputs, DOCUMENTS[1], DOCUMENTS[2]), Audience.PUBLIC)
    assert "Mill Lane" not in str(given)


def test_a_plan_that_was_not_verified_is_refused():
    for fields in ({"verified": False}, {"verified": 1}, {"violations": [{"code": "CAPACITY"}]}):
        with pytest.raises(UnverifiedPlanError, match="did not pass"):
            release(*changed(3, **fields), Audience.PLANNING_TEAM)
    without = {key: value for key, value in DOCUMENTS[3].items() if key != "verified"}
    with pytest.raises(UnverifiedPlanError):
        release(*DOCUMENTS[:3], without, Audience.PLANNING_TEAM)


@pytest.mark.parametrize(
    ("position", "fields", "told"),
    [
        (0, {"horizon_s": 1}, "inputs.json is not the one"),
        (1, {"complete": True}, "plan.json is not the one"),
        (1, {"inputs_sha256": "0" * 64}, "the plan was made from other inputs"),
        (2, {"envelope": []}, "certificate.json is not the one"),
        (2, {"inputs_sha256": "0" * 64}, "the certificate was made from other inputs"),
        (3, {"plan_sha256": "0" * 64}, "plan.json is not the one"),
    ],
)
def test_documents_that_were_changed_after_verification_are_refused(position, fields, told):
    with pytest.raises(UnverifiedPlanError, match=told):
        release(*changed(position, **fields), Audience.PUBLIC)


def test_hash_of_a_file_with_a_line_end_counts_too():
    inputs, plan, certificate, verification = copy.deepcopy(DOCUMENTS)
    verification["certificate_sha256"] = hashlib.sha256(canonical_bytes(certificate) + b"\n").hexdigest()
    assert release(inputs, plan, certificate, verification, Audience.PLANNING_TEAM).plan


@pytest.mark.parametrize("writer", list(TEAM_WRITERS.values()), ids=list(TEAM_WRITERS))
def test_writers_for_the_team_refuse_a_public_release(writer):
    with pytest.raises(ValueError, match="needs a release for PLANNING_TEAM, got one for PUBLIC"):
        writer(release(*DOCUMENTS, Audience.PUBLIC))


@pytest.mark.parametrize("writer", [public_notice.write_html, public_notice.write_text])
def test_the_notice_is_written_from_a_public_release_only(writer):
    with pytest.raises(ValueError, match="needs a release for PUBLIC"):
        writer(release(*DOCUMENTS, Audience.PLANNING_TEAM))


@pytest.mark.parametrize("writer", list(TEAM_WRITERS.values()), ids=list(TEAM_WRITERS))
def test_writers_take_no_plan(writer):
    with pytest.raises(AttributeError):
        writer(DOCUMENTS[1])


def test_releases_are_not_compared_by_accident():
    first, second = (release(*DOCUMENTS, Audience.PUBLIC) for _ in range(2))
    assert isinstance(first, Release)
    assert first != second

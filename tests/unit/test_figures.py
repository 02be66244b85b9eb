"""Figures and releases for partners, parties and the public: what each sees, and what nobody outside does."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict, replace

import pytest

from safepassage.domain.figures import COARSE_E7, PUBLIC_DELAY_S, FigureTable
from safepassage.domain.log.classes import shown
from safepassage.domain.log.entry import Draft
from safepassage.domain.release import FIELD_CLASSES, STATEMENT, Audience, SensitivityClass
from safepassage.engines.figures import coarse, figures
from safepassage.engines.release import release, with_figures
from safepassage.formats.log.log_chain import row_for
from safepassage.formats.log.log_record import thawed
from safepassage.formats.tables import figures_files
from safepassage.store import exports
from safepassage.store.event_store import Receipt
from safepassage.store.memory import MemoryBackend
from safepassage.testing.sample_documents import sample_documents, sealed
from tests.support.stores import begun

DOCUMENTS = sample_documents()
PARTIES = (Audience.PARTY_A, Audience.PARTY_B)
OUTSIDE = (Audience.PUBLIC, Audience.PARTNERS, *PARTIES)


def given(audience, documents=DOCUMENTS):
    given_ = release(*documents, audience)
    sheet = {"plan_sha256": given_.stamp["plan_sha256"], "with_case": True, "findings": []}
    return with_figures(given_, figures(documents[0], documents[1], audience), sheet)


def written(audience, documents=DOCUMENTS) -> str:
    made = given(audience, documents)
    return (figures_files.write_json(made) + figures_files.write_text(made)).decode()


def test_audiences_are_five_and_differ():
    assert [audience.word for audience in Audience] == [
        "public",
        "partners",
        "party-a",
        "party-b",
        "restricted",
    ]
    assert Audience.PARTY_A is not Audience.PARTY_B


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("sensitivity", list(SensitivityClass))
def test_who_sees_which_class(audience, sensitivity):
    table = {
        "public": {0}, "partners": {0, 1}, "party-a": {0, 2}, "party-b": {0, 2}, "restricted": {0, 1, 2, 3},
    }  # fmt: skip
    assert audience.sees(sensitivity) is (sensitivity in table[audience.word])


@pytest.mark.parametrize("audience", PARTIES)
def test_a_party_sees_nothing_that_partners_share_and_the_figures_of_the_public(audience):
    made = release(*DOCUMENTS, audience)
    assert set(made.inputs) == {"exercise", "directions", "notice"}
    assert made.plan == made.certificate == {}
    public = figures(DOCUMENTS[0], DOCUMENTS[1], Audience.PUBLIC)
    assert replace(public, audience=audience) == figures(DOCUMENTS[0], DOCUMENTS[1], audience)
    text = figures_files.write_text(given(audience)).decode()
    assert f"Copy for {audience.word}, not to be used after 2031-05-1" in text
    assert "Copy for" not in figures_files.write_text(given(Audience.PARTNERS)).decode()


def leaves(tree):
    if isinstance(tree, dict):
        for value in tree.values():
            yield from leaves(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from leaves(value)
    else:
        yield tree


def planted(documents):
    """Return the documents with a canary in every field that is not for the audience, table by table."""
    documents = copy.deepcopy(documents)
    inputs = documents[0]
    inputs["driver"] = "CANARY-1"
    inputs["fleet"][0]["plate"] = "CANARY-2"
    inputs["places"][0]["contact"] = "CANARY-3"
    inputs["rules"]["radio"] = "CANARY-4"
    inputs["network"]["line_of_control"] = "CANARY-5"
    return sealed(inputs, documents[1], documents[2])


@pytest.mark.parametrize("audience", OUTSIDE)
def test_untagged_fields_reach_nobody_outside(audience):
    made = release(*planted(DOCUMENTS), audience)
    assert "CANARY" not in str([made.inputs, made.plan, made.certificate, made.verification])
    if audience not in PARTIES:
        assert "CANARY" not in written(audience, planted(DOCUMENTS))


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.PARTNERS])
def test_no_time_of_a_vehicle_no_route_and_no_vehicle_leaves(audience):
    text = written(audience)
    ids = {vehicle["id"] for vehicle in DOCUMENTS[0]["fleet"]} | {leg["id"] for leg in legs()}
    words = set(re.findall(r"[\w-]+", text))
    assert not ids & words
    stamp = DOCUMENTS[0]["as_of"]
    for moment in re.findall(r"\d\d:\d\d(?::\d\d)?Z?", text.replace(stamp, "")):
        assert moment.startswith(("00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"))


def legs():
    return [leg for vehicle in DOCUMENTS[1]["vehicles"] for leg in vehicle["legs"]]


def test_the_public_learns_neither_places_nor_times():
    text = written(Audience.PUBLIC)
    assert not any(place["name"] in text for place in DOCUMENTS[0]["places"])
    document = json.loads(figures_files.write_json(given(Audience.PUBLIC)))
    assert document["places"] == []
    assert [table["title"] for table in document["tables"]] == ["Persons moved by direction"]
    last_s = max(row["clearance_s"] or 0 for row in DOCUMENTS[1]["directions"])
    assert document["not_before_s"] == last_s + PUBLIC_DELAY_S


@pytest.mark.parametrize(("audience", "minimum"), [(Audience.PARTNERS, 10), (Audience.PUBLIC, 50)])
def test_no_small_number_is_published(audience, minimum):
    for table in figures(DOCUMENTS[0], DOCUMENTS[1], audience).tables:
        shown = [number for number in leaves(table.persons) if number is not None]
        assert shown
        assert all(number >= minimum and number % 5 == 0 for number in shown)


def test_partners_see_places_on_a_coarse_grid_only():
    exact = set(DOCUMENTS[0]["network"]["nodes"]["lon_e7"]) | set(DOCUMENTS[0]["network"]["nodes"]["lat_e7"])
    for place in figures(DOCUMENTS[0], DOCUMENTS[1], Audience.PARTNERS).places:
        assert place.lon_e7 % COARSE_E7 == place.lat_e7 % COARSE_E7 == 0
        assert place.lon_e7 not in exact
        assert place.capacity_persons is None or place.capacity_persons % 10 == 0
    assert coarse(-300_001) == -400_000
    assert coarse(99_999) == 0


def test_everything_says_class_time_of_data_plan_and_what_it_is_not():
    for audience in (Audience.PUBLIC, Audience.PARTNERS):
        document = json.loads(figures_files.write_json(given(audience)))
        assert document["class"] == audience.name
        assert document["data_time"] == DOCUMENTS[0]["as_of"]
        assert document["plan_sha256"] == DOCUMENTS[3]["plan_sha256"]
        assert STATEMENT in figures_files.write_text(given(audience)).decode()


def test_figures_of_one_audience_are_refused_for_another_and_writers_need_some():
    made, others = release(*DOCUMENTS, Audience.PUBLIC), figures(*DOCUMENTS[:2], Audience.PARTNERS)
    sheet = {"plan_sha256": made.stamp["plan_sha256"], "with_case": True, "findings": []}
    with pytest.raises(ValueError, match="for PARTNERS, not for PUBLIC"):
        with_figures(made, others, sheet)
    with pytest.raises(ValueError, match="no figures"):
        figures_files.write_json(release(*DOCUMENTS, Audience.PUBLIC))
    with pytest.raises(AttributeError):
        figures_files.write_json(DOCUMENTS[1])


def test_a_table_has_the_shape_it_says():
    with pytest.raises(ValueError, match="totals"):
        FigureTable(title="x", rows=("a",), columns=("b",), persons=((1,),), base=((1, 1), (1, 1)))
    with pytest.raises(ValueError, match="totals"):
        FigureTable(title="x", rows=("a",), columns=("b",), persons=((1, 1), (1, 1)), base=((1,),))


def test_every_class_of_the_tables_is_named():
    assert {audience.may_see for audience in Audience} == set(SensitivityClass)
    assert all(
        isinstance(value, SensitivityClass) for fields in FIELD_CLASSES.values() for value in fields.values()
    )


@pytest.fixture
def exported():
    store = begun(MemoryBackend(bytes(32), bytes(16)))
    made = given(Audience.PARTNERS)
    files = {"a.json": figures_files.write_json(made), "a.txt": figures_files.write_text(made)}
    receipt, manifest = exports.record_export(store, made.stamp, files, by="lead", why="weekly")
    return store, files, json.loads(manifest), receipt


def test_an_export_is_recorded_with_class_time_plan_and_statement(exported):
    store, files, manifest, receipt = exported
    entry = list(store.entries())[-1]
    assert (entry.kind, entry.seq, entry.why) == (exports.EXPORT_MADE, receipt.seq, "weekly")
    assert set(entry.body) == {"class", "audience", "data_time", "plan_sha256", "statement", "files"}
    assert set(entry.body["files"]) == set(files)
    assert manifest["entry_hash"] == receipt.hash


def test_an_export_that_was_changed_is_known(exported):
    _, files, manifest, _ = exported
    assert exports.faults(manifest, files) == []
    assert exports.faults(manifest, files | {"a.txt": b"x"}) == ["a.txt was changed"]
    assert exports.faults(manifest, files | {"a.txt": None}) == ["a.txt is missing"]
    assert exports.faults(manifest, files | {"b.txt": b"x"}) == ["b.txt is not listed"]
    assert exports.faults(manifest | {"class": "PUBLIC"}, files) == ["the signature of the list is wrong"]
    assert exports.faults({}, files) == ["the list of files is none"]
    assert exports.faults(manifest | {"signature": 1}, files) == ["the signature of the list is wrong"]


def test_what_another_office_wrote_as_a_release_spoils_none(exported):
    store, _, _, _ = exported
    made = figures(*DOCUMENTS[:2], Audience.PARTNERS)
    table = asdict(made.tables[0])
    hidden = table | {"base": table["persons"]}
    for n, tables in enumerate(([{}], 5, [hidden], [{"base": None}], [table])):
        said = {"case_id": "spoilt", "audience": "partners", "tables": tables}
        store.append(Draft(id=f"x{n}", org="red", by="b", why="w", kind=exports.EXPORT_MADE, body=said))
    assert None in {n for line in table["persons"] for n in line}
    assert exports.released_tables(store, "partners", "spoilt") == made.tables[:1]


def test_counts_behind_the_figures_stand_in_the_log_and_in_no_file(exported):
    store, files, _, _ = exported
    made = figures(*DOCUMENTS[:2], Audience.PARTNERS)
    beside = {"case_id": "valley", "tables": [asdict(table) for table in made.tables]}
    stamp = given(Audience.PARTNERS).stamp
    _, manifest = exports.record_export(store, stamp, files, by="lead", why="next", beside=beside)
    assert exports.released_tables(store, "partners", "valley") == made.tables
    assert exports.released_tables(store, "public", "valley") == ()
    assert exports.released_tables(store, "partners", "other") == ()
    assert b"base" not in manifest
    # The list made again from the entry, as the pages do, holds no more than the first.
    entry = list(store.entries())[-1]
    receipt = Receipt(id=entry.id, log=entry.log, seq=entry.seq, hash=row_for(entry).hash)
    assert exports.signed_list(store, receipt, thawed(entry.body), org=entry.org) == manifest
    assert "base" not in written(Audience.PARTNERS)
    assert shown("export.made", list(store.entries())[-1].body, SensitivityClass.PARTIES).keys() == {
        "class", "audience", "data_time", "statement",
    }  # fmt: skip


def test_a_total_hidden_from_partners_is_hidden_from_the_public():
    inputs, plan = copy.deepcopy(DOCUMENTS[0]), copy.deepcopy(DOCUMENTS[1])
    for row in plan["directions"]:
        row["persons_served"] = 500
    ways = {row["id"]: row["name"] for row in inputs["directions"]}
    waves = figures(inputs, plan, Audience.PARTNERS).tables[1]
    closed = {name for name, row in zip(waves.rows, waves.persons, strict=False) if row[-1] is None}
    (table,) = figures(inputs, plan, Audience.PUBLIC).tables
    hidden = {name for name, row in zip(table.rows, table.persons, strict=False) if row[0] is None}
    assert closed <= hidden
    assert closed or not hidden
    assert set(ways.values()) >= closed


def test_exported_twice_is_recorded_twice(exported):
    store, files, _, receipt = exported
    again, _ = exports.record_export(store, given(Audience.PARTNERS).stamp, files, by="lead", why="weekly")
    assert again.seq == receipt.seq + 1


def test_figures_do_not_follow_later_changes():
    made = figures(*DOCUMENTS[:2], Audience.PARTNERS)
    assert replace(made) == made
    with pytest.raises(TypeError):
        given(Audience.PARTNERS).figures["tables"][0]["title"] = "x"

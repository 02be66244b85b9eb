"""The template is a case that can be planned as it is, in both forms the same, and always the same bytes."""

from __future__ import annotations

import io

import openpyxl
import pytest

from safepassage.domain.case import Group, PlaceKind
from safepassage.domain.dictionary.dictionary import TABLES, table
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_template import write_template
from safepassage.formats.case.template_rows import template_tables


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the template in both forms."""
    place = tmp_path_factory.mktemp("template")
    files = [*write_template(place / "case", xlsx=False), *write_template(place / "case.xlsx", xlsx=True)]
    assert all(file.is_file() for file in files)
    return place


def test_both_forms_are_good_and_the_same_case(written):
    folder, book = read_case(written / "case"), read_case(written / "case.xlsx")
    assert folder.problems == book.problems == ()
    assert folder.case == book.case
    assert folder.network.network.source.sha256 == book.network.network.source.sha256


def test_bytes_are_always_the_same(written, tmp_path):
    write_template(tmp_path / "case", xlsx=False)
    write_template(tmp_path / "case.xlsx", xlsx=True)
    for file in sorted((written / "case").iterdir()):
        assert (tmp_path / "case" / file.name).read_bytes() == file.read_bytes()
    assert (tmp_path / "case.xlsx").read_bytes() == (written / "case.xlsx").read_bytes()


def test_it_shows_every_table_and_both_directions(written):
    case = read_case(written / "case").case
    assert {out.name for out in template_tables()} == {entry.name for entry in TABLES}
    sites = [place for place in case.places if place.kind is PlaceKind.RECEPTION_SITE]
    assert {place.direction for place in sites} == {"west", "east"}
    assert {row.group for row in case.demand} == set(Group)
    assert {row.direction for row in case.demand} == {"west", "east", "stays", "undecided"}
    assert case.exercise


def test_a_new_case_keeps_seats_spare_and_says_by_which_rule(written):
    lines = (written / "case" / "case.toml").read_text("utf-8").splitlines()
    at = lines.index("spare_seat_percent = 10")
    assert "10 to 20 % of spare transport capacity: UNHCR, Handbook for Emergencies" in lines[at - 1]
    assert "SP-13" in lines[at - 1]
    assert read_case(written / "case").case.settings.spare_seat_percent == 10


def test_everybody_could_be_served_by_what_there_is(written):
    case = read_case(written / "case").case
    for direction in ("west", "east"):
        persons = sum(row.persons for row in case.demand if row.direction == direction)
        room = sum(
            min(place.capacity_day_persons, place.capacity_night_persons)
            for place in case.places
            if place.direction == direction
        )
        assert persons <= room


def test_it_never_overwrites_a_case(written):
    with pytest.raises(FileExistsError, match="is there already"):
        write_template(written / "case", xlsx=False)
    with pytest.raises(FileExistsError):
        write_template(written / "case.xlsx", xlsx=True)


def test_an_empty_folder_may_be_filled(tmp_path):
    (tmp_path / "case").mkdir()
    assert (tmp_path / "case" / "case.toml") in write_template(tmp_path / "case", xlsx=False)


def test_headers_explain_themselves_and_cells_offer_their_words(written):
    book = openpyxl.load_workbook(io.BytesIO((written / "case.xlsx").read_bytes()))
    assert book.sheetnames[:2] == ["instructions", "settings"]
    sheet = book["places"]
    assert sheet.freeze_panes == "B2"
    kind = next(cell for cell in sheet[1] if cell.value == "kind")
    assert table("places").column("kind").meaning in kind.comment.text
    rules = sheet.data_validations.dataValidation
    lists = {str(rule.sqref).partition("2")[0]: rule.formula1 for rule in rules}
    assert "border_crossing" in lists[kind.column_letter]
    settings = {row[0].value: row[2].value for row in book["settings"].iter_rows(min_row=2)}
    assert set(settings) == {column.name for column in table("settings").columns}
    assert all(settings.values())


def test_every_setting_stands_in_the_folder_with_its_meaning(written):
    text = (written / "case" / "case.toml").read_text("utf-8")
    for column in table("settings").columns:
        assert f"{column.name} = " in text
        assert column.meaning in text

"""Every form of a copy says the same, for its recipient only, in the same bytes; second readers agree."""

from __future__ import annotations

import io
import json
import re
from functools import cache

import docx
import openpyxl
import pypdf
import pytest

from safepassage.domain.movement import events as ev
from safepassage.domain.movement.copies import copy_for, own_form
from safepassage.domain.movement.form import BY_NUMBER, CONSENTED
from safepassage.domain.movement.particulars import CargoLine, VehicleLine
from safepassage.domain.movement.words import Answer
from safepassage.formats.movement import notification_files
from safepassage.formats.movement.notification_rows import page
from tests.support.movements import Desk, agreed, particulars

HOSTILE = '=HYPERLINK("x") <b>&\u202e #set page()'


def words_of(name: str, data: bytes) -> str:
    """Return all text of a file as a second reader sees it."""
    if name.endswith(".docx"):
        document = docx.Document(io.BytesIO(data))
        cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
        frame = [p.text for s in document.sections for p in (*s.header.paragraphs, *s.footer.paragraphs)]
        return "\n".join([*(p.text for p in document.paragraphs), *cells, *frame])
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        return "\n".join(
            str(c.value) for s in book for row in s.iter_rows() for c in row if c.value is not None
        )
    if name.endswith(".pdf"):
        return "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(data)).pages)
    return data.decode("utf-8")


@pytest.fixture(scope="module")
def desk():
    given = agreed(
        cargo=(CargoLine(item="flour", quantity=20, unit="t", weight_kg=20_000),),
        vehicles=(VehicleLine(type="coach", plate="AB 123", markings="logo"),),
    )
    return Desk(given).ready().send().answer("side-b", Answer.OBJECTION, text="PLANTED", person="PLANTED")


@cache
def made_once(desk, name):
    given = copy_for(desk.state, name) if name else own_form(desk.state)
    return notification_files.write(given, all_forms=True)


def files(desk, name="side-a"):
    return made_once(desk, name)


def test_the_same_copy_gives_the_same_bytes(desk):
    assert files(desk) == notification_files.write(copy_for(desk.state, "side-a"), all_forms=True)


@pytest.mark.parametrize("ending", ["json", "html", "pdf", "docx", "xlsx"])
def test_every_form_has_every_field_and_nothing_that_is_not_for_its_reader(desk, ending):
    (name,) = (name for name in files(desk) if name.endswith(ending))
    said = re.sub(r"\s+", " ", words_of(name, files(desk)[name]))
    for one in page(copy_for(desk.state, "side-a")).sections:
        for label in (one.label.en, one.label.ru, one.label.uk):
            assert label.replace("’", "'") in said.replace("’", "'"), one.number
    for text in ("Side A", "AB 123", "flour", "Ford"):
        assert text in said
    for text in ("PLANTED", "by the mill", "wheelchair"):
        assert text not in said
    own = files(desk, "")
    (name,) = (name for name in own if name.endswith(ending))
    assert "by the mill" in words_of(name, own[name])


@pytest.mark.parametrize("ending", ["html", "pdf", "docx"])
def test_paper_carries_class_recipient_and_the_sentence_on_what_it_is(desk, ending):
    (name,) = (name for name in files(desk) if name.endswith(ending))
    said = re.sub(r"\s+", " ", words_of(name, files(desk)[name]))
    assert "PARTIES" in said
    assert "Copy for Side A" in said
    assert "It holds once every party has agreed" in said
    assert "valid until 2030" in said


def test_text_of_a_person_stays_text():
    given = particulars(mandate=HOSTILE, documents=(HOSTILE,))
    made = notification_files.write(own_form(Desk(given).state), all_forms=True)
    for name, data in made.items():
        said = words_of(name, data)
        assert "\u202e" not in said or name.endswith(".json")
        assert "<b>&" not in said or not name.endswith(".html")
    book = openpyxl.load_workbook(io.BytesIO(next(d for n, d in made.items() if n.endswith("xlsx"))))
    values = [c for s in book for row in s.iter_rows() for c in row]
    assert all(cell.data_type != "f" for cell in values)
    assert any("HYPERLINK" in str(cell.value) for cell in values)


def test_what_is_read_out_names_number_label_and_value():
    desk = Desk().do(ev.Consented, recipient="icrc", fields=CONSENTED, given_by="director")
    said = notification_files.text(copy_for(desk.state, "icrc"))
    assert "8 Purpose: evacuation" in said
    assert "coach" in said


def test_paper_has_room_for_an_answer_by_hand_and_nothing_for_what_is_withheld():
    desk = Desk().do(ev.Consented, recipient="side-a", fields=("14",), given_by="director")
    sections = {one.number: one for one in page(copy_for(desk.state, "side-a")).sections}
    assert set(sections["31"].lines[0]) == {"_"}
    assert "4" not in sections
    assert "31 " not in notification_files.text(copy_for(desk.state, "side-a"))


def test_json_holds_numbers_labels_and_whole_values(desk):
    document = json.loads(files(desk)["PARTIES-m1-r1-side-a.json"])
    assert document["class"] == "PARTIES"
    for row in document["fields"]:
        assert row["label"] == BY_NUMBER[row["number"]].label.en


def test_sheets_of_the_desk_fit_their_pages():
    desk = Desk().under_way()
    made = notification_files.desk(desk.state)
    assert set(made) == {"RESTRICTED-m1-timetable.pdf", "RESTRICTED-m1-log.pdf"}
    assert made == notification_files.desk(desk.state)
    said = words_of("x.pdf", made["RESTRICTED-m1-timetable.pdf"])
    for text in ("RESTRICTED", "Ford (ford)", "call the movement on every channel", "duty officer"):
        assert text in re.sub(r"\s+", " ", said)

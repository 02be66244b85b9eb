"""Workbooks as they come: with formulas, merged and hidden cells, dates; and workbooks made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from safepassage.domain.problem import Severity
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_sheets import workbook
from safepassage.formats.case.template_rows import template_tables
from safepassage.formats.containers.xlsx_in import read_workbook

TEMPLATE = workbook(template_tables())


def edited(tmp_path, change, name="case.xlsx"):
    """Write the template workbook with a change made to it, and read it."""
    book = openpyxl.load_workbook(io.BytesIO(TEMPLATE))
    change(book)
    book.save(tmp_path / name)
    return read_case(tmp_path / name)


def column_of(sheet, title):
    return next(cell.column for cell in sheet[1] if cell.value == title)


def with_part(data: bytes, name: str, change) -> bytes:
    """Return a workbook with one part of its archive changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, change(body) if part == name else body)
    return out.getvalue()


def problem(reading, code):
    found = [one for one in reading.problems if one.code == code]
    assert len(found) == 1, [str(one) for one in reading.problems]
    return found[0]


def sheet_part(book_name: str) -> str:
    names = openpyxl.load_workbook(io.BytesIO(TEMPLATE)).sheetnames
    return f"xl/worksheets/sheet{names.index(book_name) + 1}.xml"


def test_the_template_workbook_is_a_good_case(tmp_path):
    reading = edited(tmp_path, lambda book: None)
    assert reading.problems == ()
    assert reading.case is not None


def test_rows_and_columns_may_stand_in_any_order(tmp_path):
    def turn(book):
        for sheet in book:
            rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
            head, rest = rows[0][::-1], [row[::-1] for row in rows[:0:-1]]
            sheet.delete_rows(1, sheet.max_row)
            for row in [["# a remark"], [], head, [], *rest]:
                sheet.append(row)

    turned = edited(tmp_path, turn, "turned.xlsx").case
    straight = edited(tmp_path, lambda book: None, "straight.xlsx").case
    assert turned is not None
    assert set(turned.places) == set(straight.places)
    assert set(turned.demand) == set(straight.demand)
    assert turned.settings == straight.settings


def test_headers_may_be_written_for_people(tmp_path):
    def rename(book):
        book["places"]["C1"] = " Kind *"
        book["demand"]["D1"] = "PERSONS (number)"
        book["fleet"]["E1"] = "Wheelchair  places"
        book["fleet"].title = "Fleet "

    reading = edited(tmp_path, rename)
    assert reading.problems == ()


def test_a_row_of_units_under_the_header_is_no_row(tmp_path):
    def units(book):
        sheet = book["links"]
        sheet.insert_rows(2)
        for title, unit in (("length_m", "[m]"), ("speed_kmh", "km/h"), ("bridge", "yes/no")):
            sheet.cell(2, column_of(sheet, title), unit)

    assert edited(tmp_path, units).problems == ()


def test_formula_with_a_stored_result_is_read_with_a_warning(tmp_path):
    path = tmp_path / "case.xlsx"
    part = sheet_part("demand")
    value = b"<v>120</v>"
    path.write_bytes(with_part(TEMPLATE, part, lambda xml: xml.replace(value, b"<f>60*2</f>" + value, 1)))
    reading = read_case(path)
    warned = problem(reading, "CELL_FORMULA")
    assert warned.severity is Severity.WARNING
    assert (warned.where.sheet, warned.where.row, warned.where.column) == ("demand", 2, "persons")
    assert "paste values" in warned.hint
    assert reading.case.demand[0].persons == 120


def test_formula_without_a_stored_result_is_an_error(tmp_path):
    def formula(book):
        book["demand"]["D2"] = "=60*2"

    found = problem(edited(tmp_path, formula), "CELL_FORMULA_EMPTY")
    assert (found.severity, found.where.row, found.where.column) == (Severity.ERROR, 2, "persons")
    assert "save it" in found.hint


def test_error_cell_is_an_error(tmp_path):
    path = tmp_path / "case.xlsx"
    cell = b'<c r="D2" t="n"><v>120</v></c>'
    wrong = b'<c r="D2" t="e"><f>Sheet9!A1</f><v>#REF!</v></c>'

    def break_it(xml):
        assert b"<v>120</v>" in xml
        start = xml.index(b'<c r="D2"')
        end = xml.index(b"</c>", start) + len(b"</c>")
        return xml[:start] + wrong + xml[end:]

    assert cell != wrong
    path.write_bytes(with_part(TEMPLATE, sheet_part("demand"), break_it))
    found = problem(read_case(path), "CELL_ERROR")
    assert (found.where.row, found.where.column) == (2, "persons")
    assert "#REF!" in found.message


def test_merged_cells_in_a_table_are_an_error(tmp_path):
    found = problem(edited(tmp_path, lambda book: book["demand"].merge_cells("A3:A5")), "CELL_MERGED")
    assert (found.where.sheet, found.where.row, found.where.column) == ("demand", 3, "place")
    assert "unmerge" in found.hint


def test_cells_that_are_merged_are_not_said_to_be_empty_as_well(tmp_path):
    case = edited(tmp_path, lambda book: book["demand"].merge_cells("A3:D5"))
    assert [row.code for row in case.problems if row.severity is Severity.ERROR] == ["CELL_MERGED"]


def test_a_merged_header_is_said_once(tmp_path):
    case = edited(tmp_path, lambda book: book["demand"].merge_cells("A1:B1"))
    found = [row for row in case.problems if row.severity is Severity.ERROR]
    assert [row.code for row in found] == ["CELL_MERGED"]
    assert "the name of each column" in found[0].hint


def test_an_empty_cell_beside_merged_ones_is_still_said_to_be_empty(tmp_path):
    def change(book):
        book["demand"].merge_cells("A3:A5")
        book["demand"]["D4"] = None

    found = problem(edited(tmp_path, change), "CELL_EMPTY")
    assert (found.where.row, found.where.column) == (4, "persons")


def test_a_sheet_with_rows_is_never_left_out_in_silence(tmp_path):
    def change(book):
        book.create_sheet("Sheet1").append(["id", "what was counted on Friday"])
        book.copy_worksheet(book["stock"]).title = "stock 2024"

    found = [row for row in edited(tmp_path, change).problems if row.code == "TABLE_UNKNOWN"]
    assert {row.where.sheet for row in found} == {"Sheet1", "stock 2024"}
    assert any(row.hint == "did you mean stock?" for row in found)


def test_merged_cells_in_a_remark_above_the_table_are_fine(tmp_path):
    def remark(book):
        book["fleet"].insert_rows(1)
        book["fleet"]["A1"] = "# our fleet"
        book["fleet"].merge_cells("A1:F1")

    assert edited(tmp_path, remark).problems == ()


def test_a_title_above_the_names_of_the_columns_is_left_out_and_shown(tmp_path):
    def title(book):
        book["stock"].insert_rows(1, amount=2)
        book["stock"]["A1"] = "Stock report of 8/9/24"
        book["stock"].merge_cells("A1:F1")
        book["stock"]["A2"] = "Rowan depot"

    reading = edited(tmp_path, title)
    (found,) = reading.problems
    assert (found.code, found.where.sheet, found.where.row) == ("ROWS_ABOVE", "stock", 1)
    assert "Stock report of 8/9/24" in found.message
    assert reading.case.stock == edited(tmp_path, lambda _book: None).case.stock


def at_the_end(book, **cells):
    """Write cells by the name of their column under the last row of stock; return that row."""
    sheet = book["stock"]
    row = sheet.max_row + 1
    for column in range(1, sheet.max_column + 1):
        sheet.cell(row, column).value = cells.get(sheet.cell(1, column).value)
    return row


@pytest.mark.parametrize("label", ["Total", "TOTAL:", "Итого", "Всього", "Insgesamt", "Grand total stock"])
@pytest.mark.parametrize("column", ["id", "depot", "commodity"])
def test_a_row_of_totals_is_left_out_and_said_once(tmp_path, label, column):
    reading = edited(tmp_path, lambda book: at_the_end(book, **{column: label}, quantity=7))
    (found,) = reading.problems
    assert (found.code, found.where.sheet) == ("ROW_TOTALS", "stock")
    assert "row 6 holds totals" in found.message
    assert "in “quantity” the rows that were read sum up to" in found.message
    assert reading.case.stock == edited(tmp_path, lambda _book: None).case.stock


def test_a_last_row_of_sums_alone_is_one_of_totals_and_other_numbers_are_an_error(tmp_path):
    def of_sums(more):
        def change(book):
            sheet = book["stock"]
            at = [cell.value for cell in sheet[1]].index("quantity") + 1
            rows = [sheet.cell(row, at).value for row in range(2, sheet.max_row + 1)]
            at_the_end(book, quantity=sum(map(float, rows)) + more)

        return change

    (found,) = edited(tmp_path, of_sums(0)).problems
    assert found.code == "ROW_TOTALS"
    assert "sum up to" not in found.message
    assert {row.code for row in edited(tmp_path, of_sums(1)).problems} == {"CELL_EMPTY"}


def test_a_lot_whose_name_only_begins_like_a_total_is_a_lot(tmp_path):
    def named(book):
        first = {cell.value: book["stock"].cell(2, at).value for at, cell in enumerate(book["stock"][1], 1)}
        at_the_end(book, **{**first, "id": "total"})

    reading = edited(tmp_path, named)
    assert "ROW_TOTALS" not in {row.code for row in reading.problems}
    assert "total" in {lot.id for lot in reading.case.stock}


def test_a_title_merged_under_the_table_is_no_fault_of_the_table(tmp_path):
    def signed(book):
        row = at_the_end(book, id="Total", quantity=7)
        book["stock"].merge_cells(start_row=row, start_column=1, end_row=row, end_column=3)

    assert [row.code for row in edited(tmp_path, signed).problems] == ["ROW_TOTALS"]


def test_names_of_columns_are_looked_for_only_where_the_first_row_holds_none_of_them(tmp_path):
    def rename(book):
        book["demand"]["A1"] = "where"

    assert problem(edited(tmp_path, rename), "COLUMN_MISSING").where.row == 1


def test_hidden_rows_columns_and_sheets_are_read_and_named(tmp_path):
    def hide(book):
        book["demand"].row_dimensions[4].hidden = True
        book["demand"].column_dimensions["D"].hidden = True
        book["fleet"].sheet_state = "hidden"

    reading = edited(tmp_path, hide)
    assert problem(reading, "ROW_HIDDEN").where.row == 4
    assert problem(reading, "COLUMN_HIDDEN").where.column == "persons"
    assert problem(reading, "SHEET_HIDDEN").where.sheet == "fleet"
    assert len(reading.case.demand) == 19


def test_number_stored_as_text_is_read_with_one_warning_per_column(tmp_path):
    def as_text(book):
        for row in (2, 3, 4):
            book["demand"].cell(row, 4).value = str(book["demand"].cell(row, 4).value)

    reading = edited(tmp_path, as_text)
    found = problem(reading, "NUMBER_STORED_AS_TEXT")
    assert (found.where.row, found.where.column) == (2, "persons")
    assert "3 cells" in found.message
    assert [row.persons for row in reading.case.demand[:3]] == [120, 60, 80]


def moment(day: int, hour: int, minute: int) -> datetime:
    return datetime.combine(date(2030, 5, day), time(hour, minute))


def test_typed_dates_and_times_are_local(tmp_path):
    def dates(book):
        fleet = book["fleet"]
        fleet.cell(2, column_of(fleet, "available_from")).value = moment(14, 7, 30)
        fleet.cell(3, column_of(fleet, "available_from")).value = time(8, 15)
        book["reports"].cell(2, column_of(book["reports"], "published")).value = moment(13, 18, 0)

    case = edited(tmp_path, dates).case
    assert [row.available_from_s for row in case.fleet] == [5_400, 8_100]
    assert case.reports[0].published == "2030-05-13T16:00:00Z"


def test_a_sheet_that_is_no_table_is_named(tmp_path):
    def rename(book):
        book.create_sheet("Contacts")["A1"] = "x"
        book.create_sheet("Notes")["A1"] = "x"

    found = problem(edited(tmp_path, rename), "TABLE_UNKNOWN")
    assert found.where.sheet == "Contacts"


def test_an_empty_required_sheet_is_an_error(tmp_path):
    def empty(book):
        book["places"].delete_rows(1, 100)

    found = problem(edited(tmp_path, empty), "TABLE_EMPTY")
    assert (found.where.file, found.where.sheet) == ("case.xlsx", "places")


def test_two_sheets_for_one_table_are_an_error(tmp_path):
    def twice(book):
        book.copy_worksheet(book["fleet"]).title = "FLEET "

    assert problem(edited(tmp_path, twice), "TABLE_TWICE").where.sheet == "FLEET"


def test_places_known_by_faulty_rows_are_not_reported_again(tmp_path):
    def fault(book):
        book["places"].cell(2, column_of(book["places"], "lat")).value = "north"

    reading = edited(tmp_path, fault)
    assert [one.code for one in reading.errors] == ["NUMBER_FORMAT"]


# Files that are not what they seem: bytes, code, words of the message, words of the remedy
def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
BILLION = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def doctype(declaration: bytes):
    return lambda xml: xml.replace(b"<worksheet", declaration + b"<worksheet", 1)


STRANGE = {
    "old workbook": (OLE, "FILE_KIND", ".xls", "Excel Workbook"),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), "FILE_PASSWORD", "password", "remove"),
    "OpenDocument": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "FILE_KIND",
        ".ods",
        "Excel Workbook",
    ),
    "binary workbook": (zipped({"xl/workbook.bin": b""}), "FILE_KIND", ".xlsb", "Excel Workbook"),
    "text document": (zipped({"word/document.xml": b""}), "FILE_KIND", ".docx", "Excel Workbook"),
    "any zip": (zipped({"readme.txt": b"hello"}), "FILE_KIND", "no workbook", "Excel Workbook"),
    "text": (b"id,name\n", "FILE_DAMAGED", "damaged", "save it anew"),
    "empty": (b"", "FILE_DAMAGED", "damaged", "save it anew"),
    "truncated": (TEMPLATE[:-2000], "FILE_DAMAGED", "damaged", "copy it again"),
    "zip bomb by ratio": (
        zipped({"[Content_Types].xml": b"x", "xl/workbook.xml": bytes(30 * 1024 * 1024)}),
        "FILE_TOO_LARGE",
        "zip bomb",
        "fresh workbook",
    ),
    "zip bomb by parts": (
        zipped({f"part{number}": b"" for number in range(2_100)}),
        "FILE_TOO_LARGE",
        "2,100 parts",
        "fresh workbook",
    ),
    "entities": (
        with_part(TEMPLATE, sheet_part("demand"), doctype(BILLION)),
        "FILE_UNSAFE_XML",
        "document type",
        "do not trust",
    ),
    "external entity": (
        with_part(TEMPLATE, sheet_part("demand"), doctype(OUTSIDE)),
        "FILE_UNSAFE_XML",
        "document type",
        "do not trust",
    ),
    "bottomless": (
        with_part(TEMPLATE, "xl/workbook.xml", lambda _: b"<a>" * 100_000),
        "FILE_UNSAFE_XML",
        "nested",
        "do not trust",
    ),
    "broken sheet": (
        with_part(TEMPLATE, sheet_part("demand"), lambda xml: xml[: len(xml) // 2]),
        "FILE_DAMAGED",
        "not well-formed",
        "save it anew",
    ),
    "missing sheet": (
        with_part(
            TEMPLATE, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet4.xml", b"none.xml")
        ),
        "FILE_DAMAGED",
        "cannot be unpacked",
        "save it anew",
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_file_gives_one_clear_error(name, tmp_path):
    data, code, words, remedy = STRANGE[name]
    path = tmp_path / "case.xlsx"
    path.write_bytes(data)
    reading = read_case(path)
    assert reading.case is None
    assert [one.code for one in reading.problems] == [code]
    found = reading.problems[0]
    assert found.where.file == "case.xlsx"
    assert words in found.message
    assert remedy in found.hint


def test_an_archive_that_lies_about_its_size_is_not_unpacked_further():
    body = bytes(5_000_000)
    data = bytearray(zipped({"[Content_Types].xml": b"x", "xl/workbook.xml": body}))
    # Both records of the entry now state 100 bytes instead of five million.
    data = data.replace(struct.pack("<L", len(body)), struct.pack("<L", 100))
    found = read_workbook(bytes(data), "case.xlsx")
    assert found.code in {"FILE_DAMAGED", "FILE_TOO_LARGE"}


def test_a_workbook_with_far_too_many_cells_is_refused(monkeypatch):
    monkeypatch.setattr("safepassage.formats.containers.xlsx_in.MAX_CELLS", 50)
    found = read_workbook(TEMPLATE, "case.xlsx")
    assert found.code == "FILE_TOO_LARGE"


def test_a_lone_cell_far_to_the_right_costs_nothing_above_the_limit():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>'
    )
    sheets = read_workbook(with_part(TEMPLATE, sheet_part("places"), lambda _: sheet), "case.xlsx")
    assert [row.cells for one in sheets if one.name == "places" for row in one.rows] == [(2,)]


def test_the_message_holds_nothing_that_steers_a_terminal(tmp_path):
    def escape(book):
        book["demand"]["D2"] = (
            "\u202e1\u200b2 tausend und eine Nacht, erzählt in vielen langen Sätzen ohne Ende"
        )

    found = problem(edited(tmp_path, escape), "NUMBER_FORMAT")
    assert "\u202e" not in found.message
    assert len(found.message) < 100


def test_escapes_for_what_no_text_can_hold_stay_as_they_are(tmp_path):
    def escape(xml):
        return xml.replace(b"<t>Alder</t>", b"<t>A_x0000__xD800__x000A_l_x0041_</t>", 1)

    path = tmp_path / "case.xlsx"
    path.write_bytes(with_part(TEMPLATE, sheet_part("places"), escape))
    reading = read_case(path)
    assert reading.case.places[0].name == "A_x0000__xD800_\nlA"
    str(reading.case).encode()


def test_a_map_file_named_like_nothing_on_any_disk_is_missing(tmp_path):
    def name_it(book):
        sheet = book["areas"]
        sheet.cell(2, column_of(sheet, "geometry")).value = "z" * 3_000 + ".kml"
        row = next(row for row in book["settings"].iter_rows() if row[0].value == "network")
        row[1].value = "n" * 900

    assert [one.code for one in edited(tmp_path, name_it).errors] == ["FILE_MISSING", "FILE_MISSING"]

"""One recipient's copy of a notification as a workbook: the form on one sheet, each table on its own."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from safepassage.formats.containers.markup import printable
from safepassage.formats.containers.workbook_bytes import saved
from safepassage.formats.movement.notification_rows import NotificationPage, Section
from safepassage.formats.tables.schedule_rows import harmless

_HEAD = PatternFill("solid", start_color="FFE8ECEF")
_TOP = Alignment(wrap_text=True, vertical="top")
_MADE = "2000-01-01T00:00:00Z"
_LONGEST_FOOTER, _PAPER_A4 = 120, 9


def write(page: NotificationPage) -> bytes:
    """Return the workbook; the same copy gives the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator = printable(page.title), "safepassage"
    form = book.worksheets[0]
    form.title = "Form"
    _stamped(form, page)
    for text in (" · ".join(page.stamp), page.heading.en, page.statement.en, page.legend, ""):
        form.append(("", harmless(text)))
    form["B1"].font = form["B2"].font = Font(bold=True)
    form.append(("No.", "Field", "Поле", "Поле (укр.)", "Value"))
    for cell in form[form.max_row]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for one in page.sections:
        _row(form, one)
        if one.heads:
            _sheet(book.create_sheet(f"Field {one.number}"), one, page)
    for letter, width in zip("ABCDE", (6, 30, 30, 30, 70), strict=True):
        form.column_dimensions[letter].width = width
    return saved(book, _MADE)


def _row(form: Worksheet, one: Section) -> None:
    value = (
        "\n".join(one.lines)
        if not one.heads
        else "\n".join(" | ".join(filter(None, row)) for row in one.rows)
    )
    label = one.label
    form.append((one.number, label.en, label.ru, label.uk, harmless(value) if value else ""))
    for cell in form[form.max_row]:
        cell.alignment = _TOP


def _sheet(sheet: Worksheet, one: Section, page: NotificationPage) -> None:
    _stamped(sheet, page)
    sheet.append([harmless(head) for head in one.heads])
    for cell in sheet[1]:
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, _TOP
    for row in one.rows:
        sheet.append(
            [
                int(text) if i in one.numbers and text.isdigit() else harmless(text)
                for i, text in enumerate(row)
            ]
        )
    for position in range(1, len(one.heads) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 24
    sheet.freeze_panes = "A2"


def _stamped(sheet: Worksheet, page: NotificationPage) -> None:
    """Put class and recipient on every printed page; in a page header an ampersand begins a code."""
    stamp = " · ".join(page.stamp).replace("&", "&&")[:_LONGEST_FOOTER]
    foot = page.foot.replace("&", "&&")[:_LONGEST_FOOTER]
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(printable(stamp)))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(printable(foot)), right=_HeaderFooterPart("&P / &N")
    )
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _PAPER_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

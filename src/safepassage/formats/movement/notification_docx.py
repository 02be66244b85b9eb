"""One recipient's copy of a notification as DOCX, for offices that work in a word processor."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from safepassage.formats.containers.fixed_archive import archive
from safepassage.formats.containers.markup import printable
from safepassage.formats.movement.notification_rows import NotificationPage, Section

if TYPE_CHECKING:
    from docx.document import Document

_QUIET = (0x57, 0x60, 0x6A)


def write(page: NotificationPage) -> bytes:
    """Return the document; the same copy gives the same bytes."""
    from docx import Document  # noqa: PLC0415 - heavy
    from docx.shared import Mm, Pt  # noqa: PLC0415

    document = Document()
    first = document.sections[0]
    first.page_width, first.page_height = Mm(210), Mm(297)
    first.left_margin = first.right_margin = Mm(16)
    first.top_margin, first.bottom_margin = Mm(20), Mm(16)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Arial", Pt(9.5)
    first.header.paragraphs[0].text = printable(f"{' · '.join(page.stamp)}\t\t{page.running}")
    first.header.paragraphs[0].runs[0].bold = True
    first.footer.paragraphs[0].text = printable(page.foot)
    _opening(document, page)
    for one in page.sections:
        _section(document, one)
    core = document.core_properties
    core.title, core.author, core.comments = printable(page.title), "safepassage", ""
    core.created = core.modified = datetime.fromtimestamp(0, tz=UTC).replace(year=2000, tzinfo=None)
    stream = io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as packed:
        return archive({name: packed.read(name) for name in packed.namelist()}, compressed=True)


def _opening(document: Document, page: NotificationPage) -> None:
    document.add_heading(printable(page.heading.en), level=1)
    _quiet(document.add_paragraph(), f"{page.heading.ru} / {page.heading.uk}")
    said = document.add_paragraph()
    said.add_run(printable(page.statement.en)).bold = True
    _quiet(said, f" {page.statement.ru} {page.statement.uk}")
    _quiet(document.add_paragraph(), page.legend)


def _quiet(paragraph: Any, text: str) -> None:
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    run = paragraph.add_run(printable(text))
    run.font.size, run.font.color.rgb = Pt(8), RGBColor(*_QUIET)


def _section(document: Document, one: Section) -> None:
    from docx.shared import Mm, Pt  # noqa: PLC0415

    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(5), Pt(1)
    head.add_run(f"{one.number}  {one.label.en}  ").bold = True
    _quiet(head, f"{one.label.ru} / {one.label.uk}")
    for line in one.lines:
        value = document.add_paragraph(printable(line))
        value.paragraph_format.left_indent, value.paragraph_format.space_after = Mm(8), Pt(1)
    if one.heads:
        _table(document, one)


def _table(document: Document, one: Section) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    table = document.add_table(rows=0, cols=len(one.heads), style="Light Grid")
    for number, row in enumerate((one.heads, *one.rows)):
        for position, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(printable(text))
            run.font.size, run.bold = Pt(8), number == 0
            if position in one.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

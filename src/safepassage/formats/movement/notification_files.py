"""Every file of one recipient's copy, and the sheets of a radio desk."""

from __future__ import annotations

from typing import Any

from safepassage.domain.movement.copies import NotificationCopy
from safepassage.domain.movement.state import MovementState
from safepassage.formats.movement import (
    movement_sheets,
    notification_docx,
    notification_html,
    notification_json,
    notification_pdf,
    notification_rows,
    notification_xlsx,
)


def write(given: NotificationCopy, *, all_forms: bool) -> dict[str, bytes]:
    """Return a copy as JSON, and with `all_forms` as HTML, PDF, DOCX and XLSX too, by file name."""
    name = stem(given)
    files = {f"{name}.json": notification_json.write(given)}
    if all_forms:
        page = notification_rows.page(given)
        files |= {
            f"{name}.html": notification_html.write(page),
            f"{name}.pdf": notification_pdf.write(page),
            f"{name}.docx": notification_docx.write(page),
            f"{name}.xlsx": notification_xlsx.write(page),
        }
    return files


def stem(given: NotificationCopy) -> str:
    """Return how the files of a copy are named, without their endings."""
    return notification_rows.stem(given)


def plain(given: NotificationCopy) -> dict[str, Any]:
    """Return a copy as JSON values."""
    return notification_json.document(given)


def text(given: NotificationCopy) -> str:
    """Return a copy as it is read out: number, label and value of each field."""
    page = notification_rows.page(given)
    lines = [f"{page.heading.en}. {' · '.join(page.stamp)}. {page.title}.", page.statement.en, page.legend]
    for section in (one for one in page.sections if one.number in given.fields):
        lines.append(f"{section.number} {section.label.en}: {'; '.join(section.lines)}".rstrip(": "))
        lines += [f"    {' | '.join(filter(None, row))}" for row in section.rows]
    return "\n".join(lines)


def desk(state: MovementState) -> dict[str, bytes]:
    """Return the sheets of a radio desk: check-in timetable, log, and the report once it is over."""
    return movement_sheets.write(state)

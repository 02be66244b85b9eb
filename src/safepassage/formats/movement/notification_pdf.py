"""One recipient's copy of a notification as PDF for paper."""

from __future__ import annotations

from typing import Any

from safepassage.formats.movement.notification_rows import NotificationPage, Section
from safepassage.formats.paper.typeset import typeset


def write(page: NotificationPage) -> bytes:
    """Return the PDF; the same copy gives the same bytes with the same typesetter."""
    facts = {
        "heading": [page.heading.en, page.heading.ru, page.heading.uk],
        "statement": [page.statement.en, page.statement.ru, page.statement.uk],
        "legend": page.legend,
        "sections": [_section(one) for one in page.sections],
    }
    return typeset(
        "movement_form", facts, title=page.title, stamp=page.stamp, running=page.running, foot=page.foot
    )


def _section(one: Section) -> dict[str, Any]:
    return {
        "number": one.number,
        "label": [one.label.en, f"{one.label.ru} / {one.label.uk}"],
        "lines": list(one.lines),
        "heads": list(one.heads),
        "rows": [list(row) for row in one.rows],
        "numbers": list(one.numbers),
        "weights": list(one.weights),
    }

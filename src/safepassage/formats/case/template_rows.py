"""The case in the template: two invented valleys, small enough to be read at a glance.

Three settlements leave in two directions; a checkpoint, a low bridge, a pause, a train and a reported flood
stand for what real cases hold. It is a case like any other and can be planned as it is. Its tables lie as
CSV files in the folder `template_case` beside this module; nobody lives at 0 degrees north and east.
"""

from __future__ import annotations

import csv
import io
from importlib.resources import files

from safepassage.domain.dictionary.dictionary import TABLES, explained, table
from safepassage.formats.case.case_out import TableOut

FOLDER = "template_case"
SETTINGS = {
    "id": "two-valleys",
    "title": "Two valleys (invented; replace it with your own case)",
    "exercise": "yes",
    "start": "2030-05-14T06:00+02:00",
    "as_of": "2030-05-14T05:30+02:00",
    "horizon_h": "12",
    "time_zones": "valley=+02:00",
    "movement_hours": "06:00-20:00",
    "spare_seat_percent": "10",
    "hotline": "000 (invented)",
    "notice_languages": "en",
    "attribution": "invented example",
}
"""Settings with a value in the template; all others stand there with their default."""


def template_tables() -> list[TableOut]:
    """Return the tables of the template, settings first, each setting with value and meaning."""
    folder = files("safepassage.formats.case") / FOLDER
    names = [entry.name for entry in TABLES if not entry.keyed]
    texts = {name: (folder / f"{name}.csv").read_text(encoding="utf-8") for name in names}
    return [_settings(), *(_table(name, text) for name, text in texts.items())]


def _settings() -> TableOut:
    rows = tuple(
        (column.name, SETTINGS.get(column.name, column.default), explained(column))
        for column in table("settings").columns
    )
    return TableOut(name="settings", header=("key", "value", "comment"), rows=rows)


def _table(name: str, text: str) -> TableOut:
    header, *rows = csv.reader(io.StringIO(text))
    return TableOut(name=name, header=tuple(header), rows=tuple(tuple(row) for row in rows))

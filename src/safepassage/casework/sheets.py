"""The sheets of a plan for drivers, settlements and sites, as pages to print and as PDF."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from safepassage.domain.errors import SafePassageError
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.maps import own_way_map
from safepassage.formats.paper import paper_html, paper_pdf
from safepassage.formats.paper.paper import Paper
from safepassage.formats.paper.sheet_texts import SheetTexts
from safepassage.formats.sheets.driver_sheet import DriverSheets, sheet_hash, vehicles
from safepassage.formats.sheets.place_sheets import PlaceSheets
from safepassage.formats.sheets.truck_sheet import TruckSheets, trucks

VEHICLES, TRUCKS, SETTLEMENTS, SITES = "vehicles", "trucks", "settlements", "sites"
KINDS = (VEHICLES, TRUCKS, SETTLEMENTS, SITES)
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_STEMS = {VEHICLES: "vehicle", TRUCKS: "truck", SETTLEMENTS: "settlement", SITES: "site"}
_MOST_LETTERS, _MOST_NAMED = 40, 12


class SheetError(SafePassageError):
    """There is no such sheet; the message says which there are."""


def sheet_papers(
    release: Release, layers: MapLayers, texts: SheetTexts, *, kinds: Collection[str] = KINDS,
    only: Collection[str] = (), phone: str = "",
) -> dict[str, Paper]:  # fmt: skip
    """Return sheets by the stem of their file, in order: ``vehicle-003-bus-7``.

    `only` are ids of vehicles, truck-days, settlements or sites; without any, all sheets are made.

    Raises
    ------
    SheetError
        When an id of `only` has no sheet of these kinds.
    """
    made = _Sheets(release, layers, texts, phone)
    known = [row for row in made.known() if row[0] in kinds]
    missing = sorted(set(only) - {key for _, _, key in known})
    if missing:
        ids = [key for _, _, key in known]
        some = ", ".join(ids[:_MOST_NAMED]) + (" …" if len(ids) > _MOST_NAMED else "")
        raise SheetError(f"There is no sheet for {', '.join(missing)}. There are sheets for: {some}.")
    return {_stem(*row): made.paper(row[0], row[2]) for row in known if not only or row[2] in only}


def sheet_files(papers: dict[str, Paper]) -> dict[str, bytes]:
    """Return the files of sheets by name: HTML and PDF of each, and the list of their hashes as CSV."""
    rules = own_way_map.RULES
    files: dict[str, bytes] = {}
    rows = ["file,language,sheet"]
    for stem, paper in papers.items():
        name = f"{stem}.{paper.language}"
        files[f"{name}.html"] = paper_html.write(paper, rules=rules)
        files[f"{name}.pdf"] = paper_pdf.write(paper, rules=rules)
        rows.append(f"{name},{paper.language},{sheet_hash(paper)}")
    language = next(iter(papers.values())).language if papers else ""
    files[f"sheets.{language}.csv"] = ("\r\n".join(rows) + "\r\n").encode()
    return files


class _Sheets:
    """The makers of sheets, and what they can make."""

    def __init__(self, release: Release, layers: MapLayers, texts: SheetTexts, phone: str) -> None:
        self._vehicles = vehicles(release)
        self._drivers = DriverSheets(release, layers, texts, phone=phone)
        self._trucks = trucks(release)
        self._truckers = TruckSheets(release, layers, texts, phone=phone)
        self._places = PlaceSheets(release, layers, texts, phone=phone)

    def known(self) -> Iterator[tuple[str, int, str]]:
        """Yield kind, number and id of every sheet there is."""
        for kind, ids in (
            (VEHICLES, self._vehicles),
            (TRUCKS, self._trucks),
            (SETTLEMENTS, self._places.settlements()),
            (SITES, self._places.sites()),
        ):
            for number, key in enumerate(ids, start=1):
                yield kind, number, key

    def paper(self, kind: str, key: str) -> Paper:
        """Return one sheet."""
        make = {
            VEHICLES: self._drivers.paper,
            TRUCKS: self._truckers.paper,
            SETTLEMENTS: self._places.settlement,
            SITES: self._places.site,
        }
        return make[kind](key)


def _stem(kind: str, number: int, key: str) -> str:
    plain = _NOT_PLAIN.sub("-", key).strip("-").lower()[:_MOST_LETTERS].rstrip("-")
    return f"{_STEMS[kind]}-{number:03d}-{plain}".rstrip("-")

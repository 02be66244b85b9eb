"""Towns of the world: few rows of a large file are parsed, and they are those that reading all would keep."""

from __future__ import annotations

import json

import pytest

from safepassage.formats.claims import gazetteer_in
from safepassage.formats.claims.gazetteer_in import LEAST_ANYWHERE, LEAST_INHABITANTS


def town(number, name, country, population):
    return {
        "geonameid": number, "name": name, "latitude": 50.0, "longitude": 35.0, "countrycode": country,
        "population": population, "admin1code": "01", "alternatenames": [f"{name} }}", "a, b"],
    }  # fmt: skip


TOWNS = [
    town(1, "Lypa", "AA", 900), town(2, "Krasna", "BB", 99_999), town(3, "Hora", "BB", 100_000),
    town(4, 'The "Ford"', "AA", 2_000_000), town(5, "Elsewhere", "CC", 501),
]  # fmt: skip


class Library:
    def get_cities(self):
        return {str(row["geonameid"]): row for row in TOWNS}


def kept(rows, wanted):
    return [row for row in rows if row["countrycode"] in wanted or row["population"] >= LEAST_ANYWHERE]


@pytest.mark.parametrize("wanted", [set(), {"AA"}, {"AA", "CC"}])
def test_rows_that_are_kept_are_those_of_reading_all(tmp_path, wanted):
    library = Library()
    path = tmp_path / f"cities{LEAST_INHABITANTS}.json"
    path.write_text(json.dumps(library.get_cities(), indent=None), encoding="utf-8")
    found = list(gazetteer_in._cities(library, tmp_path, wanted))
    assert kept(found, wanted) == kept(TOWNS, wanted)
    assert len(found) < len(TOWNS)


@pytest.mark.parametrize(
    "text", ["", "[]", json.dumps(Library().get_cities(), indent=1), '{"1": {"name": 2}}']
)
def test_a_file_of_another_form_is_read_by_the_library(tmp_path, text):
    (tmp_path / f"cities{LEAST_INHABITANTS}.json").write_text(text, encoding="utf-8")
    assert list(gazetteer_in._cities(Library(), tmp_path, {"AA"})) == TOWNS
    assert list(gazetteer_in._cities(Library(), tmp_path / "nowhere", {"AA"})) == TOWNS

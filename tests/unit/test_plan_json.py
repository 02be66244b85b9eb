"""`plan.json` and `certificate.json` hold what the reference page says, and nothing else."""

from __future__ import annotations

import json
import re

import pytest

from safepassage.formats.plan import plan_json
from safepassage.testing.small_cases import random_small_case
from tests.support.planned import planned
from tests.support.sketch import Sketch


@pytest.fixture(scope="module")
def found():
    """A plan with something in every list: cars, buses, a boat, people left, people undecided."""
    sketch = Sketch(5)
    for a in range(3):
        sketch.road(a, a + 1)
    sketch.road(0, 3, 900)
    sketch.town("home", 0, 6)
    sketch.people("home", 4, "undecided")
    sketch.people("home", 5, group="assisted")
    sketch.people("home", 3, group="stretcher")
    sketch.town("isle", 4)
    sketch.people("isle", 2, group="needs_transport")
    sketch.site("camp", 3)
    sketch.transit("isle", "camp", "boat")
    sketch.buses("bus", "home")
    sketch.area(0.2, 0.4, 1_000)
    return planned(sketch)


@pytest.fixture(scope="module")
def page(repo_root):
    return (repo_root / "docs" / "reference" / "plan-format.md").read_text("utf-8")


def fields_of(text):
    """Return the names between the outermost braces of a type, without their own types."""
    inner = re.search(r"\{(.*)\}", text)[1]
    inner = re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]|“[^”]*”|\"[^\"]*\"", "", inner)
    return [part.split(":")[0].strip() for part in inner.split(",")]


def rows_of(page):
    """Return {path: type} of the table of plan.json."""
    section = page.split("## plan.json")[1].split("\n## ")[0]
    rows = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3:
            for name in re.findall(r"`([^`]+)`", cells[0]) or [cells[0]]:
                rows[name] = cells[1]
    return rows


def test_every_field_is_documented_and_every_documented_field_is_there(found, page):
    parts = {"path", "---", "item"}
    assert set(found.plan) == {name for name in rows_of(page) if not set(name) & set(".[")} - parts


@pytest.mark.parametrize(
    "name",
    [
        "routes", "cars", "vehicles", "link_rides", "unserved", "reserves", "directions", "corridors", "hold",
        "basis", "modifications", "not_assessed", "binding",
    ],
)  # fmt: skip
def test_the_rows_of_every_list_have_the_documented_fields(found, page, name):
    assert found.plan[name], f"the test's plan has no {name}"
    assert {field for row in found.plan[name] for field in row} == set(fields_of(rows_of(page)[name]))


def test_legs_and_items_have_the_documented_fields(found, page):
    rows = rows_of(page)
    legs = [leg for v in found.plan["vehicles"] for leg in v["legs"]]
    items = [item for ride in [*legs, *found.plan["link_rides"]] for item in ride["load"]]
    assert {f for leg in legs for f in leg} == set(fields_of(rows["vehicles[].legs"]))
    assert {f for item in items for f in item} == set(fields_of(rows["item"]))
    assert set(found.plan["made_with"]) == set(fields_of(rows["made_with"]))


def test_the_certificate_has_the_documented_fields(found, page):
    section = page.split("## certificate.json")[1].split("\n## ")[0]
    documented = [set(fields_of(text)) for text in re.findall(r"`(\{.*?\})`", section)]
    assert set(found.certificate) in documented
    assert {f for b in found.certificate["bounds"] for f in b} in documented
    assert {f for p in found.certificate["envelope"] for f in p} in documented
    assert {f for p in found.certificate["envelope"] for part in p["parts"] for f in part} in documented


def test_a_departure_is_three_columns_and_a_wait_two(found):
    departure = found.plan["cars"][0]["departures"][0]
    assert [type(value) for value in departure] == [int, int, list]


def test_schema_class_and_the_hash_of_the_inputs(found):
    import hashlib

    digest = hashlib.sha256(found.files["inputs"]).hexdigest()
    for name, schema in (("plan", plan_json.PLAN_SCHEMA), ("certificate", plan_json.CERTIFICATE_SCHEMA)):
        document = json.loads(found.files[name])
        assert (document["schema"], document["class"]) == (schema, "RESTRICTED")
        assert document["inputs_sha256"] == digest


@pytest.mark.parametrize("seed", range(5))
def test_nothing_in_it_tells_when_or_where_it_was_made(seed):
    plan = planned(*random_small_case(seed)).plan
    assert set(plan["made_with"]) == {"version", "seed", "work_limit", "time_limit_s"}
    assert plan["made_with"]["time_limit_s"] is None

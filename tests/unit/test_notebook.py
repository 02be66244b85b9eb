"""What a notebook shows is words, a table and a picture in the page, and stays text whatever a case holds."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from safepassage import notebook
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.maps import case_map
from safepassage.formats.pages import notebook_html
from safepassage.testing.sample_documents import sample_documents, sample_layers
from tests.support.folders import write_case


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return notebook.read(write_case(tmp_path_factory.mktemp("nb") / "case"))


def drawings(page):
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    return [ET.fromstring(base64.b64decode(data)) for data in found]


def test_a_case_shows_its_answers_and_a_map(case):
    page = case._repr_html_()
    assert "The ford" in page
    assert "EXERCISE" in page
    assert re.search(r"<td>40</td><td>West</td>", page)
    [svg] = drawings(page)
    words = "".join(svg.itertext())
    assert "Home" in words
    assert "Camp" in words


def test_a_plan_shows_what_the_report_says(case):
    plan = case.plan(work=10**5)
    page = plan._repr_html_()
    assert re.search(r"<td>West</td><td>40</td><td>40</td><td>0</td>", page)
    assert "Do not move now" in page
    assert "none failed" in page
    assert len(drawings(page)) == 1
    assert plan.sheet("bus-001").startswith(b"%PDF")
    assert "There is no claim" in plan.claims._repr_html_()


def test_the_page_around_it_is_left_alone():
    given = release(*sample_documents(), Audience.PLANNING_TEAM)
    page = notebook_html.plan(given, sample_layers())
    assert not re.search(r"<(style|script|link|iframe)\b|\bid=|\bclass=|https?:", page)
    assert page == notebook_html.plan(given, sample_layers())


def test_hostile_names_stay_text(case):
    named = replace(case.case, title='<script>x</script>"', places=case.case.places)
    page = notebook_html.case(named, case.network, sample_layers())
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    drawings(page)


def test_a_case_without_places_on_the_map_is_still_drawn(case):
    empty = replace(case.case, places=(), demand=(), fleet=())
    svg = case_map.drawing(empty, case.network, replace(sample_layers(), areas=()))
    assert svg.startswith("<svg")


def test_faults_are_said_all_at_once(tmp_path):
    folder = write_case(
        tmp_path / "case", demand="place,direction,group,persons,direction_basis\nnowhere,west,x,-1,y\n"
    )
    with pytest.raises(notebook.NotebookError) as fault:
        notebook.read(folder)
    assert str(fault.value).count("\n") >= 1


def test_a_plan_in_a_notebook_is_for_the_planning_team():
    with pytest.raises(ValueError, match="PLANNING_TEAM"):
        notebook_html.plan(release(*sample_documents(), Audience.PUBLIC), sample_layers())

"""The report says the situation in words, loads nothing, and stays text whatever the case holds."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from html.parser import HTMLParser

import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.evidence_facts import agreement, grade_in_words, status_in_words, time_in_words
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.maps.curve_drawing import Curve, CurveChart, time_span
from safepassage.formats.maps.map_labels import text_width
from safepassage.formats.pages import report_html
from safepassage.testing.sample_documents import sample_documents, sample_layers, sealed

DOCUMENTS = sample_documents()
INPUTS, PLAN, CERTIFICATE, _ = DOCUMENTS
LAYERS = sample_layers()
ADDRESSES = {"href", "src", "srcset", "action", "data", "poster", "xlink:href", "formaction", "background"}


class Page(HTMLParser):
    """Reads a page into its visible words, its tags with attributes, and its inline parts."""

    def __init__(self, page: bytes):
        super().__init__()
        self.words, self.tags, self.inline = [], [], {"style": [], "script": []}
        self._open = []
        self.feed(page.decode())
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in self.inline:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data):
        if self._open:
            self.inline[self._open[-1]].append(data)
        else:
            self.words.append(data)


def write(inputs=INPUTS, plan=PLAN, certificate=CERTIFICATE, layers=LAYERS):
    return report_html.write(release(*sealed(inputs, plan, certificate), Audience.PLANNING_TEAM), layers)


def with_direction(position=0, **fields):
    rows = copy.deepcopy(PLAN["directions"])
    rows[position] |= fields
    return PLAN | {"directions": rows}


@pytest.fixture(scope="module")
def raw():
    return write()


@pytest.fixture(scope="module")
def page(raw):
    return Page(raw)


def test_the_headline_says_who_by_when_and_what_no_plan_can(page):
    row = PLAN["directions"][0]
    served = f"{row['persons_served']:,} of {row['persons_demand']:,} people can arrive by 17:49 / 18:49"
    assert served in page.text
    bound = (
        "in this model, with roads as reported at 04:41 / 05:41, "
        "no plan that serves as many people can finish before"
    )
    assert f"Bound: {bound} 16:55 / 17:55" in page.text
    assert "INCOMPLETE: 2,361 people not served" in page.text
    assert "Times are Marbury time (UTC+2) / Sorrel time (UTC+3)" in page.text


def test_unserved_people_have_a_reason(page):
    assert "1,744 not served. In any plan of this model at least 1,046" in page.text
    assert re.search(r"What limits it: 24 buses cannot make more round trips", page.text)


def test_staying_is_always_beside_with_what_it_needs(page):
    people = sum(row["persons"] for row in PLAN["hold"])
    water = sum(row["water_l_day"] for row in PLAN["hold"])
    assert f"Do not move now {people:,} people where they are" in page.text
    assert f"{water:,} litres of water" in page.text
    assert "each person’s own choice" in page.text


def test_seats_kept_free_are_told():
    undecided = {**INPUTS["demand"][0], "direction": "undecided", "persons": 7}
    told = {
        "No seat is kept free": {"demand": [*INPUTS["demand"], undecided]},
        "5 of the ": {"fleet": [{**INPUTS["fleet"][0], "spare_seats": 5}, *INPUTS["fleet"][1:]]},
    }
    for words, change in told.items():
        assert words in Page(write(inputs={**INPUTS, **change})).text


def test_what_was_not_assessed_stands_before_the_map(raw):
    text = raw.decode()
    for row in PLAN["not_assessed"]:
        assert 0 < text.find(row["text"]) < text.find('class="map"')


def test_what_the_plan_rests_on_is_told_with_its_source_and_grade(page):
    for row in PLAN["basis"]:
        assert row["text"] in page.text
        assert row["source"] in page.text
    assert "fairly reliable source; possibly true" in page.text
    assert ("abbr", {"title": "C3"}) in page.tags
    assert "Shown only, not used" in page.text
    assert "announced by Party B; not agreed; stated purposes: “order and supplies”" in page.text


def test_every_settlement_and_direction_is_a_row(page):
    rows = sum(1 for tag, attrs in page.tags if tag == "span" and attrs.get("class") == "aloud")
    keys = {
        (row["place"], row["direction"]) for row in INPUTS["demand"] if row["direction"] in {"west", "east"}
    }
    assert rows == len(keys)


def test_where_it_comes_from_stands_last(raw):
    *_, before, last = re.findall("<h2[^>]*>(.*?)</h2>", raw.decode())
    assert (before, last) == ("Those who stay", "Where this page comes from")


def test_provenance_is_complete(page):
    given = release(*sealed(INPUTS, PLAN, CERTIFICATE), Audience.PLANNING_TEAM)
    for name, sha256 in given.generated_from.items():
        assert f"{name} {sha256}" in page.text
    assert f"Made by safepassage {PLAN['made_with']['version']}, seed 0" in page.text
    assert page.text.count(INPUTS["network"]["attribution"]) >= 3


def test_class_and_exercise_stand_on_screen_and_on_every_printed_page(page):
    style = page.inline["style"][0]
    heads = [attrs for tag, attrs in page.tags if attrs.get("class") in {"running-head", "running-foot"}]
    assert len(heads) == 2
    printed = style[style.index("@media print") :]
    assert re.search(r"\.running-head \{ display: table-header-group; break-inside: avoid; \}", printed)
    assert re.search(r"\.running-foot \{ display: table-footer-group; break-inside: avoid; \}", printed)
    assert "counter(page)" in style
    assert page.text.count("RESTRICTED") >= 4
    assert "EXERCISE · EXERCISE · EXERCISE" in page.text


def test_a_real_complete_plan_says_neither_exercise_nor_incomplete():
    plan = PLAN | {"exercise": False, "complete": True, "unserved": []}
    plan["directions"] = [row | {"persons_unserved": 0, "unserved_bound": 0} for row in PLAN["directions"]]
    page = Page(write(inputs=INPUTS | {"exercise": False}, plan=plan))
    assert "EXERCISE" not in page.text
    assert "INCOMPLETE" not in page.text
    assert "All who have decided are served" in page.text
    assert "not served." not in page.text


def test_a_direction_nobody_can_leave_in_is_told():
    nobody = {
        "persons_served": 0,
        "clearance_s": None,
        "clearance_bound_s": None,
        "gap_ppm": None,
        "bound_kind": "",
    }
    page = Page(write(plan=with_direction(**nobody) | {"cars": [], "vehicles": [], "link_rides": []}))
    assert "No departure is possible" in page.text
    page = Page(write(plan=with_direction(clearance_bound_s=None, gap_ppm=None, bound_kind="")))
    assert "No bound is proved for this direction" in page.text


def test_an_empty_plan_is_still_a_page():
    empty = (
        "cars",
        "vehicles",
        "link_rides",
        "corridors",
        "basis",
        "modifications",
        "not_assessed",
        "binding",
        "hold",
    )
    plan = PLAN | {key: [] for key in (*empty, "unserved", "reserves", "routes")} | {
        "directions": [
            row | {"persons_demand": 0, "persons_served": 0, "clearance_s": None, "clearance_bound_s": None}
            for row in PLAN["directions"]
        ]
    }  # fmt: skip
    page = Page(
        write(INPUTS | {"fleet": [], "demand": []}, plan, CERTIFICATE | {"envelope": []}, MapLayers())
    )
    assert "There is no fleet in this case" in page.text
    assert "Nothing was recorded as not assessed" in page.text


def test_nothing_is_loaded_and_the_policy_allows_only_what_is_inside(page):
    for tag, attrs in page.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "form"}
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]
        assert all(attrs[name].startswith("#") for name in ADDRESSES & set(attrs))
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    for kind in ("style", "script"):
        (part,) = page.inline[kind]
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "url(" not in page.inline["style"][0]
    assert "http" not in page.inline["style"][0] + page.inline["script"][0]


def test_it_reads_the_same_without_its_script(raw, page):
    """The script adds buttons to an empty place; nothing is hidden until it runs."""
    assert '<div id="map-tools"></div>' in raw.decode()
    assert not [tag for tag, attrs in page.tags if tag == "noscript" or "hidden" in attrs]


def hostile(tree, path=()):
    """Put a tag and quotes into every text that people write."""
    written = {
        *("name", "title", "text", "source", "type", "detail", "label", "grade", "as_of", "kind", "hotline"),
        *("attribution", "bottleneck_reason", "no_alternative", "version", "case_id"),
    }
    if isinstance(tree, dict):
        return {key: hostile(value, (*path, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [hostile(value, path) for value in tree]
    iso = path[-1] == "as_of" and "basis" not in path
    if isinstance(tree, str) and path[-1] in written and not iso:
        return f"<script>alert(1)</script>\"'{{{{7*7}}}}{tree}"
    return tree


def test_no_text_of_a_case_becomes_markup(page):
    inputs, plan = hostile(INPUTS), hostile(PLAN)
    raw = write(inputs, plan, CERTIFICATE)
    attacked = Page(raw)
    assert sum(tag == "script" for tag, _ in attacked.tags) == 1
    known = {tag for tag, _ in page.tags}
    assert {tag for tag, _ in attacked.tags} <= known
    known_attributes = {name for _, attrs in page.tags for name in attrs}
    assert {name for _, attrs in attacked.tags for name in attrs} <= known_attributes
    assert "{{7*7}}" in attacked.text
    assert attacked.text.count("<script>alert(1)</script>") > 100


class Balance(HTMLParser):
    """Checks that every element that is opened is closed in its turn."""

    def __init__(self, page):
        super().__init__()
        self.stack = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "br"}:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_startendtag(self, tag, attrs):
        """An element that closes itself opens nothing."""


def test_the_page_is_well_formed(raw):
    assert Balance(raw).stack == []


def test_ids_are_unique_and_links_inside_lead_somewhere(page):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    wanted = {attrs["href"][1:] for _, attrs in page.tags if "href" in attrs}
    wanted |= {a["fill"][5:-1] for _, a in page.tags if a.get("fill", "").startswith("url(#")}
    assert wanted
    assert wanted <= set(ids)


def test_the_same_release_gives_the_same_bytes(raw):
    inputs, plan, certificate, _ = sample_documents()
    assert write(inputs, plan, certificate, sample_layers()) == raw


def test_reasons_are_spelled_out_when_there_are_too_many_for_letters():
    place = {"direction": "west", "group": "own_vehicle", "persons": 1, "detail": ""}
    rows = [place | {"place": f"s{i:02d}", "reason": f"UNSERVED_REASON_{'X' * i}"} for i in range(12)]
    text = Page(write(plan=PLAN | {"unserved": rows})).text
    assert "Not served because:" not in text
    assert "1 reason xxxxxxx" in text


def chart(**changes):
    people = {"name": "Out", "position": 0, "demand": 100, "served": 60, "arrivals": [(600, 20), (1800, 60)]}
    proved = {"envelope": [(1200, 50), (2400, 80)], "clearance_s": 1800, "bound_s": 1500}
    values = people | proved | changes
    clock = LocalClock.of({"epoch": "2024-08-16T03:00:00Z", "time_zones": []})
    return CurveChart(Curve(**values), clock, 3600).draw()


def line_of(picture, style):
    """Return the corners of a stepped line as (x, y)."""
    data = re.search(rf'<path d="([^"]*)" class="{style}', picture)[1]
    x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", data).groups())
    corners = [(x, y)]
    for letter, value in re.findall(r"([HV])([\d.]+)", data):
        x, y = (float(value), y) if letter == "H" else (x, float(value))
        corners.append((x, y))
    return corners


def test_the_staircase_of_the_bound_holds_back_to_the_point_before():
    """Before 1200 s no more can have arrived than at 1200 s; after the last point, than the demand."""
    corners = line_of(chart(), "bound")
    arrivals = line_of(chart(), "arrivals d0")
    zero, per_person = arrivals[0][1], (arrivals[0][1] - arrivals[-1][1]) / 60
    per_second = (corners[-1][0] - corners[0][0]) / 3600
    heights = [((x - corners[0][0]) / per_second, (zero - y) / per_person) for x, y in corners]
    expected = [(0, 50), (1200, 50), (1200, 80), (2400, 80), (2400, 100), (3600, 100)]
    assert heights == [pytest.approx(point, abs=12) for point in expected]


def test_the_curve_names_both_moments():
    picture = chart()
    assert "plan: 60 by 03:30" in picture
    assert "no plan before 03:25" in picture
    assert "100 want to go" in picture
    assert "no plan before" not in chart(bound_s=None)
    assert 'class="bound"' not in chart(envelope=[])
    assert "plan:" not in chart(clearance_s=None, bound_s=None, arrivals=[], served=0)


@pytest.mark.parametrize("demand", [9, 9_000, 120_000, 12_000_000])
def test_numbers_of_persons_stay_within_the_picture(demand):
    picture = chart(demand=demand, served=demand)
    ends = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="end">([\d,]+)</text>', picture)
    assert len(ends) >= 3
    assert all(float(x) >= text_width(label, 11) for x, label in ends)


def test_the_time_axis_ends_soon_after_the_last_thing_that_happens():
    values = {"name": "x", "position": 0, "demand": 10, "served": 5, "arrivals": [], "bound_s": None}
    early = Curve(**values, envelope=[(7200, 9), (9000, 10)], clearance_s=3600)
    late = Curve(**values, envelope=[], clearance_s=20_000)
    assert time_span([early], 86_400) == round(7200 * 1.08)
    assert time_span([early, late], 86_400) == 21_600
    assert time_span([late], 10_000) == 10_000
    assert time_span([], 86_400) == 3600


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (grade_in_words("B2"), "usually reliable source; probably true"),
        (grade_in_words("F6"), "reliability of source cannot be judged; truth cannot be judged"),
        (grade_in_words("C"), "fairly reliable source"),
        (grade_in_words(""), ""),
        (grade_in_words("Confirmed by two"), "Confirmed by two"),
        (status_in_words("announced_unilaterally"), "announced by one side only, not agreed"),
        (status_in_words("something_else"), "something else"),
        (agreement("agreed_in_principle"), "agreed in principle, details open"),
        (agreement("announced_unilaterally"), "not agreed"),
    ],
)
def test_grades_and_statuses_are_said_in_plain_words(said, expected):
    assert said == expected


def test_dates_without_an_hour_stay_dates():
    clock = LocalClock.of(
        {"epoch": "2024-08-16T03:00:00Z", "time_zones": [{"label": "Kyiv", "offset_s": 10_800}]}
    )
    assert time_in_words(clock, "2024-08-09") == "Fri 9 Aug 2024"
    assert time_in_words(clock, "2024-08-09T22:30:00Z") == "Sat 10 Aug 2024, 01:30"
    assert time_in_words(clock, "about noon") == "about noon"

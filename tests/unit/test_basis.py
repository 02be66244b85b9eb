"""What a plan says it rests on, what staying takes, and what nobody looked at."""

from __future__ import annotations

import pytest

from safepassage.domain.case import AreaKind, ArrangementStatus, DirectionBasis, ReportRow, RoadStatusWord
from tests.support.planned import accepted
from tests.support.sketch import SAID, Sketch, window


def town(**settings):
    sketch = Sketch(2, **settings)
    sketch.road(0, 1)
    sketch.town("home", 0, 10)
    sketch.site("camp", 1)
    return sketch


def rows(sketch, kind):
    return [row for row in accepted(sketch).plan["basis"] if row["kind"].startswith(kind)]


def report(name, published, **more):
    return ReportRow(
        id=name, outlet="Radio", speaker="mayor", published=published, text=f"About {name}.", **more
    )


class TestBasis:
    def test_reports_in_the_order_of_time_with_speaker_source_and_grade(self):
        sketch = town()
        sketch.rows["reports"] += [
            report("late", "2024-05-01T02:00:00Z"),
            report("early", "2024-04-30T20:00:00Z", cites="police", source_grade="C", information_grade="3"),
        ]
        found = rows(sketch, "report")
        assert [(r["id"], r["source"], r["grade"], r["as_of"]) for r in found] == [
            ("early", "Radio: mayor, citing police", "C3", "2024-04-30T20:00:00Z"),
            ("late", "Radio: mayor", "", "2024-05-01T02:00:00Z"),
        ]
        assert found[0]["text"] == "About early."

    @pytest.mark.parametrize(("outlet", "speaker", "said"), [("", "mayor", "mayor"), ("Radio", "", "Radio")])
    def test_a_report_without_speaker_or_outlet(self, outlet, speaker, said):
        sketch = town()
        sketch.rows["reports"].append(
            ReportRow(id="r", outlet=outlet, speaker=speaker, published="2024-05-01T02:00:00Z", text="x")
        )
        assert rows(sketch, "report")[0]["source"] == said

    def test_a_status_with_its_source(self):
        sketch = town()
        sketch.status(RoadStatusWord.UNKNOWN, "l0", provenance=SAID)
        row = rows(sketch, "road_status")[0]
        assert (row["id"], row["text"], row["source"], row["grade"]) == (
            "r0",
            "l0: status unknown",
            "somebody",
            "B2",
        )
        assert row["as_of"] == SAID.as_of

    def test_what_is_only_shown_says_so(self):
        sketch = town()
        sketch.status(RoadStatusWord.NOT_PASSABLE, "l0", interval=window(9_000, 9_999))
        sketch.arrangement(window(0, 9), status=ArrangementStatus.SUSPENDED)
        sketch.area(-1, 2, kind=AreaKind.ANNOUNCED_ZONE)
        kinds = {
            row["id"]: row["kind"]
            for row in accepted(sketch).plan["basis"]
            if row["id"] in {"r0", "a0", "h0"}
        }
        assert kinds == {
            "r0": "road_status_shown_only", "a0": "arrangement_shown_only", "h0": "area_shown_only",
        }  # fmt: skip

    def test_rows_of_different_tables_may_share_an_id(self):
        """A zone announced over an area of the same name: neither takes the other's text."""
        sketch = town()
        sketch.area(-1, 0.5, 1_000, id="zone", name="Hazard by the river")
        sketch.arrangement(window(0, 9), id="zone", status=ArrangementStatus.SUSPENDED, name="River pause")
        texts = {row["kind"]: row["text"] for row in accepted(sketch).plan["basis"] if row["id"] == "zone"}
        assert texts == {
            "area": "Hazard by the river: reported hazard; the planning team weighs it with 0.1 %",
            "arrangement_shown_only": "River pause: pause, suspended; shown, not used",
        }

    def test_every_line_of_policy_is_named_with_its_figures(self):
        found = {
            r["id"]: r["text"]
            for r in rows(town(restricted_use=False, unknown_speed_permille=655), "assumption")
        }
        assert found["unknown_roads"] == "roads of unknown status: used, at 65.5 % speed and 50 % capacity"
        assert found["restricted_roads"] == "roads reported restricted: not used"
        assert found["unilateral_windows"] == "windows announced by one side only: shown, not used"
        assert found["persons_per_car"] == "1 person in each own vehicle"
        assert "no reply from a party counts as no agreement" in found["silence"]

    def test_an_assumed_fleet_is_an_assumption(self):
        sketch = town()
        sketch.buses("bus", "home", count=3, assumption=True, provenance=SAID)
        row = rows(sketch, "assumption")[-1]
        assert (row["text"], row["source"]) == ("3 × bus: assumed, not confirmed", "somebody")


class TestHold:
    def test_everybody_in_a_place_needs_water_and_food_each_day(self):
        sketch = town()
        sketch.people("home", 5, "stays")
        sketch.people("home", 2, "undecided")
        assert accepted(sketch).plan["hold"] == [
            {"place": "home", "persons": 17, "water_l_day": 17 * 15, "food_kg_day": 10}
        ]

    def test_the_figures_are_settings_and_food_is_rounded_up(self):
        sketch = town(water_l_person_day=20, food_g_person_day=101)
        assert accepted(sketch).plan["hold"][0] == {
            "place": "home", "persons": 10, "water_l_day": 200, "food_kg_day": 2,
        }  # fmt: skip


class TestNotAssessed:
    def codes(self, sketch):
        return {row["code"] for row in accepted(sketch).plan["not_assessed"]}

    ALWAYS = {"LAW_AND_STANDARDS", "ROADS_WITHOUT_REPORT", "EXPLOSIVE_HAZARD"}  # noqa: RUF012

    def full(self):
        """A case with everything stated."""
        sketch = Sketch(3, movement_windows=(window(0, 7_200),))
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.town("home", 0, 10)
        sketch.site("camp", 2, capacity=99)
        sketch.crossing("post", 1, persons_h=600)
        sketch.area(-1, 0.5, 1_000)
        return sketch

    def test_some_things_are_never_assessed(self):
        assert self.codes(self.full()) == self.ALWAYS

    @pytest.mark.parametrize(
        ("code", "change"),
        [
            ("HAZARD", lambda s: s.rows["areas"].clear()),
            ("SITE_CAPACITY", lambda s: s.site("hall", 0, "east")),
            ("CROSSING_THROUGHPUT", lambda s: s.crossing("ford", 1)),
            ("HAZARD_ON_LINKS", lambda s: s.transit("home", "camp")),
            ("CHOICE_OF_DIRECTION", lambda s: s.rows["demand"].clear()),
        ],
    )
    def test_what_is_missing_is_named(self, code, change):
        sketch = self.full()
        change(sketch)
        assert self.codes(sketch) == self.ALWAYS | {code}

    def test_movement_at_night(self):
        assert "NIGHT_MOVEMENT" in self.codes(town())

    def test_tallies_of_an_exercise_prove_no_choice(self):
        sketch = self.full()
        sketch.rows["demand"].clear()
        sketch.people("home", 10, basis=DirectionBasis.EXERCISE)
        assert "CHOICE_OF_DIRECTION" in self.codes(sketch)

    def test_no_report_is_not_a_report_that_a_road_is_open(self):
        row = next(r for r in accepted(town()).plan["not_assessed"] if r["code"] == "ROADS_WITHOUT_REPORT")
        assert "not a report that they are open" in row["text"]

    def test_a_status_without_its_road_is_named(self):
        sketch = town()
        sketch.status(RoadStatusWord.NOT_PASSABLE, "l99")
        rows = {r["code"]: r["text"] for r in accepted(sketch).plan["not_assessed"]}
        assert "link:l99: reported not passable." in rows["STATUS_WITHOUT_ROAD"]
        assert "STATUS_WITHOUT_ROAD" not in self.codes(town())

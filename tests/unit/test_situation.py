"""A situation is a snapshot plus events; the case at any moment is a fold over them."""

from __future__ import annotations

import dataclasses

import pytest

from safepassage.domain.case import (
    Area,
    AreaKind,
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    BorderStatusWord,
    Demand,
    DirectionBasis,
    Group,
    ReportRow,
    RoadStatus,
    RoadStatusWord,
)
from safepassage.domain.situation import (
    AreaReported,
    ArrangementChanged,
    CrossingStatusReported,
    DemandCounted,
    Event,
    ReportReceived,
    RoadStatusReported,
    Situation,
)
from safepassage.planning import make_plan
from tests.support.sketch import Sketch, link, window


def sketch():
    found = Sketch(3)
    found.road(0, 1)
    found.road(1, 2)
    found.town("home", 0, 10)
    found.town("other", 1, 5)
    found.site("camp", 2)
    found.crossing("post", 1)
    return found


def event(change, at="2024-05-01T04:00:00Z"):
    return Event(at=at, by="duty desk", change=change)


def after(*changes):
    return Situation(case=sketch().case(), events=tuple(event(c) for c in changes)).current()


def status(word, name="r1", **more):
    return RoadStatusReported(status=RoadStatus(id=name, roads=link("l0"), status=word, **more))


def test_without_events_the_case_is_the_snapshot():
    case = sketch().case()
    assert Situation(case=case).current() is case


def test_the_time_of_the_last_event_is_the_time_of_the_situation():
    case = sketch().case()
    report = ReportReceived(report=ReportRow(id="x", outlet="", speaker="", published="", text=""))
    late, early = event(report, "2024-05-01T05:00:00Z"), event(report, "2024-04-30T23:00:00Z")
    assert Situation(case=case, events=(late, early)).current().as_of == "2024-05-01T05:00:00Z"
    assert Situation(case=case, events=(early,)).current().as_of == case.as_of


def test_a_newer_word_about_the_same_row_takes_the_place_of_the_older():
    case = after(
        status(RoadStatusWord.UNKNOWN),
        status(RoadStatusWord.PASSABLE, "r2"),
        status(RoadStatusWord.RESTRICTED),
    )
    assert [(s.id, s.status) for s in case.road_statuses] == [("r2", "PASSABLE"), ("r1", "RESTRICTED")]


def test_arrangements_areas_and_reports():
    pause = Arrangement(id="a", kind=ArrangementKind.PAUSE, status=ArrangementStatus.PROPOSED)
    in_force = dataclasses.replace(pause, status=ArrangementStatus.IN_FORCE)
    area = Area(id="h", kind=AreaKind.NO_GO, name="H", polygons=())
    report = ReportRow(id="x", outlet="", speaker="", published="", text="")
    case = after(
        ArrangementChanged(arrangement=pause), ArrangementChanged(arrangement=in_force),
        AreaReported(area=area), AreaReported(area=dataclasses.replace(area, name="I")),
        ReportReceived(report=report), ReportReceived(report=report),
    )  # fmt: skip
    assert case.arrangements == (in_force,)
    assert [a.name for a in case.areas] == ["I"]
    # A report is kept whatever becomes of it, even when it comes twice.
    assert case.reports == (report, report)


def test_a_crossing_changes_its_status_and_nothing_else():
    case = after(CrossingStatusReported(place="post", status=BorderStatusWord.CLOSED))
    assert {p.id: p.status for p in case.places if p.status != "UNSPECIFIED"} == {"post": "CLOSED"}
    assert len(case.places) == len(sketch().case().places)


def test_people_who_are_counted_again_replace_the_rows_of_their_place_only():
    row = Demand(place="home", direction="east", group=Group.ASSISTED, persons=3, basis=DirectionBasis.SURVEY)
    case = after(DemandCounted(place="home", rows=(row,)))
    assert [(r.place, r.persons) for r in case.demand] == [("other", 5), ("home", 3)]


@pytest.mark.parametrize(
    ("word", "served"), [(RoadStatusWord.NOT_PASSABLE, 5), (RoadStatusWord.PASSABLE, 15)]
)
def test_a_plan_is_made_for_the_situation_as_it_is_now(word, served):
    given = sketch()
    situation = Situation(case=given.case(), events=(event(status(word)),))
    plan = make_plan(given.network(), situation).plan
    assert plan.directions[0].persons_served == served
    assert plan.as_of == "2024-05-01T04:00:00Z"


def test_an_event_can_close_what_another_opened():
    given = sketch()
    pause = Arrangement(
        id="a", kind=ArrangementKind.PAUSE, status=ArrangementStatus.IN_FORCE, places=("post",),
        windows=(window(0, 7_200),),
    )  # fmt: skip
    changes = [
        CrossingStatusReported(place="post", status=BorderStatusWord.CLOSED),
        ArrangementChanged(arrangement=pause),
        ArrangementChanged(arrangement=dataclasses.replace(pause, status=ArrangementStatus.SUSPENDED)),
    ]
    served = []
    for count in range(len(changes) + 1):
        situation = Situation(case=given.case(), events=tuple(event(c) for c in changes[:count]))
        served.append(make_plan(given.network(), situation).plan.directions[0].persons_served)
    assert served == [15, 5, 15, 5]

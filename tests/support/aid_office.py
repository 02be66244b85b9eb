"""Plans of one small case with a depot, a truck and two villages, one going on from the other."""

from __future__ import annotations

from safepassage.casework.reading import read_case_input
from safepassage.domain.case import Interval, Provenance, RoadStatus, RoadStatusWord
from safepassage.domain.situation import Event, RoadStatusReported
from tests.support.aids import in_steps, provided
from tests.support.folders import write_case
from tests.support.sketch import link

TABLES = {
    "nodes": ("id,lat,lon\nd,50.0,35.0\nu,50.0,35.2\nv,50.0,35.4\nx,50.1,35.2\ne,50.0,35.5\nz,50.0,34.9\n"),
    "places": (
        "id,name,kind,node,direction,capacity_night_persons\nupper,Upper,settlement,u,,\nvale,Vale,settlement,v,,\n"
        "camp,Camp,reception_site,z,west,500\nhall,Hall,reception_site,z,east,500\nstore,Store,depot,d,,\n"
        "farstore,Far store,depot,e,,\n"
    ),
    "demand": (
        "place,direction,group,persons,direction_basis\nupper,stays,own_vehicle,300,tally\n"
        "vale,stays,own_vehicle,300,tally\n"
    ),
    "fleet": "id,count,seats,base\nbus,1,20,upper\n",
    "stock": (
        "id,depot,commodity,quantity,unit\nwater,store,drinking_water,2000,L\n"
        "more,farstore,drinking_water,2000,L\n"
    ),
}
STRAIGHT = (
    "id,from,to,class,length_m,ref\nl1,d,u,primary,15000,H1\nl2,u,v,primary,15000,H2\nl5,v,e,primary,9000,H5\n"
    "l6,z,d,primary,8000,H6\n"
)
ROUND = STRAIGHT + "l3,d,x,secondary,20000,T1\nl4,x,v,secondary,20000,T1\n"
LORRY = "id,count,depot,payload_t,volume_m3,weight_t\nlorry,1,store,5,30,9\n"
VAN = LORRY + "van,1,farstore,3,20,5\n"
HEAD = (
    'id = "ford"\ntitle = "The ford"\nexercise = "yes"\nstart = "2024-05-01T06:00+03:00"\n'
    'as_of = "2024-05-01T05:30+03:00"\nhorizon_h = 42\ntime_zones = "Here=+03:00"\nhotline = "112"\n'
    'notice_languages = "en"\n'
)
SHORT = HEAD.replace("42", "4")


def closure(now_s, *links, horizon_s):
    """The report that roads are closed from now on."""
    status = RoadStatus(
        id=f"closed-{now_s}", roads=link(*links), status=RoadStatusWord.NOT_PASSABLE,
        interval=Interval(from_s=now_s, until_s=horizon_s), provenance=Provenance(source="duty desk"),
    )  # fmt: skip
    return Event(at="2024-05-01T03:00:00Z", by="duty desk", change=RoadStatusReported(status=status))


class Office:
    """Plans of one case, one going on from the other, when closures are reported."""

    def __init__(self, folder, links, trucks, head=SHORT, **tables):
        case = write_case(folder / "case", head=head, links=links, trucks=trucks, **TABLES, **tables)
        given = read_case_input(case, None)
        self.case, self.network = given.case, given.network.network
        self.first = provided(self.case, self.network)

    def legs(self):
        [truck] = [t for t in self.first.aid["trucks"] if t["id"] == "lorry-001-day1" and t["legs"]]
        return truck["legs"]

    def go_on(self, *closed):
        """Return the last plan; each of `closed` is (second, links)."""
        horizon_s = self.case.settings.horizon_s
        steps = [(at_s, (closure(at_s, *links, horizon_s=horizon_s),)) for at_s, *links in closed]
        return in_steps(self.case, self.network, *steps)[-1]


def arcs_of(documents, ref):
    return {k for k, label in enumerate(documents.inputs["network"]["arcs"]["label"]) if label == ref}


def held_of(documents):
    [row] = documents.aid["since"]["held"]
    [trip] = documents.aid["since"]["trips"]
    return row, trip


def slowed(now_s, *links, kmh, horizon_s=4 * 3_600):
    """The report that roads are slower from now on."""
    status = RoadStatus(
        id=f"slow-{now_s}", roads=link(*links), status=RoadStatusWord.RESTRICTED, speed_kmh=kmh,
        interval=Interval(from_s=now_s, until_s=horizon_s), provenance=Provenance(source="duty desk"),
    )  # fmt: skip
    return Event(at="2024-05-01T03:00:00Z", by="duty desk", change=RoadStatusReported(status=status))

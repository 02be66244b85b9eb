"""Writes small case folders as a planner would hand them in."""

from __future__ import annotations

from pathlib import Path

HEAD = (
    'id = "ford"\ntitle = "The ford"\nexercise = "yes"\nstart = "2024-05-01T06:00+03:00"\n'
    'as_of = "2024-05-01T05:30+03:00"\nhorizon_h = 4\ntime_zones = "Here=+03:00"\nhotline = "112"\n'
    'notice_languages = "en"\n'
)
TABLES = {
    "directions": "id,name\nwest,West\neast,East\n",
    "nodes": "id,lat,lon\na,50.0,35.0\nb,50.01,35.0\nc,50.01,35.02\nlone,50.3,35.3\n",
    "links": "id,from,to,class,length_m\nl1,a,b,primary,1500\nl2,b,c,primary,2000\n",
    "places": (
        "id,name,kind,node,direction,capacity_night_persons\nhome,Home,settlement,a,,\ncamp,Camp,reception_site,c,west,500\n"
        "hall,Hall,reception_site,a,east,500\nfar,Far,settlement,c,,\n"
    ),
    "demand": (
        "place,direction,group,persons,direction_basis\nhome,west,own_vehicle,30,tally\nhome,west,needs_transport,10,tally\n"
        "far,east,own_vehicle,12,tally\n"
    ),
    "fleet": "id,count,seats,base\nbus,1,20,home\n",
}


def write_case(folder: Path, *, head: str = HEAD, **tables: str | None) -> Path:
    """Write a case in which everybody gets out; `tables` replace its own, None leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(head, encoding="utf-8")
    for name, text in (TABLES | tables).items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def cut_off(rows: str = TABLES["demand"], places: str = TABLES["places"]) -> dict[str, str]:
    """Return tables with one more village, on a node that no road reaches."""
    return {
        "places": places + "isle,Isle,settlement,lone,,\n",
        "demand": rows + "isle,west,own_vehicle,4,tally\n",
    }

"""Names of places that a text may use: the ends that roads have in their names."""

from __future__ import annotations

from safepassage.formats.claims.gazetteer_in import of_roads
from safepassage.formats.containers.tabular import read_csv

NODES = b"id,lat,lon\nkrasna-hora,50.1,34.2\nlypa,50.2,34.3\nn17,50.3,34.4\nbroken,x,y\n"
LINKS = (
    b"id,from,to,name\nr1,lypa,krasna-hora,Lypa - Krasna Hora\nr2,lypa,n17,Lypa-Rylne\n"
    b"r3,broken,lypa,Broken - Lypa\n"
)


def test_ends_are_named_by_the_roads_that_end_there():
    found = of_roads(read_csv("nodes", "nodes.csv", NODES), read_csv("links", "links.csv", LINKS))
    assert [(p.name, p.lat_e7, p.lon_e7) for p in found.places] == [
        ("Krasna Hora", 501_000_000, 342_000_000),
        ("Lypa", 502_000_000, 343_000_000),
    ]


def test_a_case_without_a_network_of_its_own_names_none():
    assert not of_roads(None, None).places

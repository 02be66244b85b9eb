"""A wire report in our own words: each frame, relay and trap that a reader of such reports meets."""

from __future__ import annotations

from safepassage.domain.claims.gazetteer import Gazetteer, NamedPlace, PlaceKind
from safepassage.domain.claims.values import Report

WIRE = """Amberland Says It Holds 1,000 Square Kilometers

KYIV (Meridian Wire) - Ukraine's top commander said Monday that his forces control about 1,000 square \
kilometers of Russia's Kursk region, a claim that could not be independently verified.

"We continue to conduct an offensive operation," General Taras Melnyk told President Petro Hrytsenko. \
"The fighting is going on along the whole front line."

Independent analysts put the figure at about 800 square kilometersaccording to a report by the Steppe \
Institute. The acting governor of the Kursk region, Ivan Belov, said that 28 settlements were in Ukrainian \
hands and that about 2,000 people remained there. He said 121,000 people had left, adding that 12 civilians \
were killed and 121 wounded. Belov did not say how many people were still missing.

The state agency VESTA cited an unnamed official as saying that soldiers had looted shops in Sudzha in the \
last couple of days. The newspaper Zarya reported, citing two people close to the Kremlin, that the \
evacuation of the Belovsky district had begun on August 12. Natalia, a resident of Sudzha, told Reuters that \
nobody had helped them to leave. "We drove through the fields," she said. "Cars were burning by the road."

The road from Sudzha to Sumy is open, according to the Ukrainian military administration in the town.
"""
PLACES = Gazetteer(
    places=(
        NamedPlace(name="Sudzha", lat_e7=511910000, lon_e7=352710000, alternates=("Soudja",)),
        NamedPlace(name="Sumy", lat_e7=509170000, lon_e7=347990000),
        NamedPlace(name="Kursk", lat_e7=517270000, lon_e7=361850000, country="russia"),
        NamedPlace(name="Sumy", lat_e7=-100000000, lon_e7=100000000, persons=900_000),
        NamedPlace(name="Ukraine", lat_e7=490000000, lon_e7=320000000, kind=PlaceKind.COUNTRY),
    )
)


def report(text: str = WIRE, outlet: str = "Meridian Wire", published: str = "2024-08-14") -> Report:
    """Return a text as a report."""
    return Report(outlet=outlet, text=text, published=published, received="2024-08-14T12:00:00Z")

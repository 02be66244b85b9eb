"""What an estimate takes for granted, in words: nobody should have to guess."""

from __future__ import annotations

from safepassage.domain import counts
from safepassage.domain.quick_look import Assumption, QuickLook
from safepassage.engines.estimate.people import Spread


def assumptions(look: QuickLook, people: Spread, exits: int) -> tuple[Assumption, ...]:
    """Return the assumptions of one estimate, the most telling first."""
    rows = [("PEOPLE", _people(look, people)), ("EXITS", _exits(look, exits))]
    rows.append(
        (
            "CARS",
            f"everybody travels by car, {counts.people(look.persons_per_car)} in each, and starts at once",
        )
    )
    if look.links:
        text = "people walk up to 5 km to a train, boat or footbridge, and are out at its far end"
        rows.append(("LINKS", text))
    rows.append(("ROADS", "roads are open and as fast and wide as the map says; nothing comes the other way"))
    rows.append(("SMALL_ROADS", "driveways, parking lanes and other service roads are not driven on"))
    if people.cut_off_km:
        rows.append(
            ("CUT_OFF", f"{people.cut_off_km:,} km of roads in the area lead to no exit; nobody starts there")
        )
    rows.append(
        (
            "PHYSICS",
            "a road takes its capacity and no more; speeds do not fall with traffic; nobody breaks down",
        )
    )
    return tuple(Assumption(code=code, text=text) for code, text in rows)


def _people(look: QuickLook, people: Spread) -> str:
    cells = f"{len(people.cells):,} cells of {people.cell_m:,} m"
    if look.cells:
        text = f"people stand where the grid has them, gathered in {cells}"
        return f"{text}; {people.outside_persons:,} persons of the grid lie outside the area"
    return (
        f"nobody was counted: people are spread by road density along {people.length_km:,} km "
        f"of local roads, in {cells}"
    )


def _exits(look: QuickLook, exits: int) -> str:
    if look.exits:
        return f"people are out when they reach one of the {exits} named exits, on any road"
    text = f"people are out when they cross the edge of the area at one of {exits} roads"
    return f"{text}; what is beyond is not known"

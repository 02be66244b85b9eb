"""Write the ledger of the built-in example from its reports: `python tools/example_ledger.py [--check]`.

The words are those of `reports.csv` and of the exercise injects below; this table says which claims stand in
them. Nothing here is history that is not in `reports.csv`; see `SOURCES.md` of the example.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from safepassage import example
from safepassage.domain.claims.claim import CivilianClaim, Claim, ForcesClaim
from safepassage.domain.claims.ledger import (
    ClaimDecided,
    ClaimProposed,
    ClaimsLinked,
    Entry,
    GapNoted,
    InformationGap,
    ReportFiled,
)
from safepassage.domain.claims.values import (
    Chain,
    InformationGrade,
    Link,
    PlaceReference,
    Quantity,
    Report,
    SourceGrade,
    Span,
    TimeSpan,
)
from safepassage.domain.claims.words import (
    Decision,
    ForcesPredicate,
    Interest,
    Medium,
    Modality,
    OriginKind,
    PlacePrecision,
    Polarity,
    Predicate,
    TimePrecision,
)
from safepassage.engines.conflicts import relate
from safepassage.formats.claims import ledger_json

DESK = "exercise control"
AS_OF = "2024-08-16T02:41:00Z"
INJECT = "EXERCISE INJECT, not history"
CHANNEL = "Anonymous channel (EXERCISE INJECT, not history)"
KINDS: dict[str, tuple[OriginKind, str]] = {
    "Administration of Sudzha district": (OriginKind.PARTY, "Russia"),
    "Acting governor of Kursk oblast": (OriginKind.PARTY, "Russia"),
    "Local emergency ministry": (OriginKind.PARTY, "Russia"),
    "Regional law enforcement": (OriginKind.PARTY, "Russia"),
    "Governor of Belgorod oblast": (OriginKind.PARTY, "Russia"),
    "Russian emergencies ministry (MChS)": (OriginKind.PARTY, "Russia"),
    "Spokeswoman of the Russian ministry of foreign affairs": (OriginKind.PARTY, "Russia"),
    "A Russian military official": (OriginKind.PARTY, "Russia"),
    "Unnamed Russian officials": (OriginKind.PARTY, "Russia"),
    "Commander-in-Chief of the Armed Forces of Ukraine": (OriginKind.PARTY, "Ukraine"),
    "Head of the Sumy oblast military administration": (OriginKind.PARTY, "Ukraine"),
    "Ukraine's minister for reintegration": (OriginKind.PARTY, "Ukraine"),
    "National police of Ukraine": (OriginKind.PARTY, "Ukraine"),
    "Ukrainian authorities": (OriginKind.PARTY, "Ukraine"),
    "Ukrainian authorities and volunteers": (OriginKind.PARTY, "Ukraine"),
    "Ukrainian military command": (OriginKind.PARTY, "Ukraine"),
    "Government of Ukraine": (OriginKind.PARTY, "Ukraine"),
    "Command office of one side": (OriginKind.PARTY, "side A"),
    "DeepState mapping project": (OriginKind.ANALYST, ""),
    "Unnamed analysts": (OriginKind.ANALYST, ""),
    "Unnamed residents": (OriginKind.LOCAL, ""),
    "A resident": (OriginKind.LOCAL, ""),
    "Drivers of evacuation buses": (OriginKind.LOCAL, ""),
    "Road service of the oblast": (OriginKind.LOCAL, ""),
    "A television reporter on site": (OriginKind.PRESS, ""),
    "International Committee of the Red Cross": (OriginKind.HUMANITARIAN, ""),
    "Spokesperson of OHCHR": (OriginKind.HUMANITARIAN, ""),
    "Exercise control": (OriginKind.MONITOR, ""),
}
PLACES: dict[str, PlaceReference] = {
    name: PlaceReference(
        name=name, precision=precision, lat_e7=None if at is None else round(at[0] * 10**7),
        lon_e7=None if at is None else round(at[1] * 10**7), selector=selector,
    )
    for name, precision, at, selector in (
        ("Sudzha", PlacePrecision.NEAR, (51.191, 35.271), "place:sudzha"),
        ("road Sudzha–Korenevo", PlacePrecision.EXACT, None, "link:r008"),
        ("Kolotylivka–Pokrovka", PlacePrecision.EXACT, (50.813, 35.41), "place:x-kolotylivka"),
        ("Yunakivka–Sudzha", PlacePrecision.EXACT, (51.171, 35.134), "place:x-yunakivka"),
        ("Martynovka", PlacePrecision.EXACT, (51.256, 35.379), "place:cp-martynovka"),
        ("Malaya Loknya", PlacePrecision.EXACT, (51.301, 35.274), "place:cp-malaya-loknya"),
        ("bridge over the Seym, Glushkovo district", PlacePrecision.EXACT, None, "link:seym-glushkovo"),
        ("Zvannoye bridge", PlacePrecision.EXACT, None, "link:seym-zvannoye"),
        ("Karyzh bridge", PlacePrecision.EXACT, None, "link:seym-karyzh"),
        ("road from Glushkovo to the river", PlacePrecision.EXACT, None, "link:seym-s1"),
        ("H07 between Yunakivka and Sumy", PlacePrecision.EXACT, (51.02, 34.92), ""),
        ("Bilopillia", PlacePrecision.NEAR, (51.1475, 34.3108), ""),
        ("road Sumy–Krasnopillia", PlacePrecision.EXACT, None, "link:r061"),
        ("strip of 10 km along the border, Sumy oblast", PlacePrecision.LINE_OR_REGION, None, ""),
        ("border districts of Kursk oblast", PlacePrecision.PROVINCE, None, ""),
        ("28 settlements of Kursk oblast", PlacePrecision.PROVINCE, None, ""),
        ("Kursk oblast", PlacePrecision.PROVINCE, None, ""),
        ("Sumy oblast", PlacePrecision.PROVINCE, None, ""),
        ("Glushkovo district", PlacePrecision.DISTRICT, None, ""),
        ("Krasnaya Yaruga district", PlacePrecision.DISTRICT, None, ""),
    )
}  # fmt: skip


class Row(NamedTuple):
    """One claim of a report: its words, what they say, and what the desk decided."""

    report: str
    words: str
    predicate: Predicate | ForcesPredicate
    place: str = ""
    status: str = ""
    quantity: tuple[float | None, float | None, str] | None = None
    modality: Modality = Modality.ASSERTED
    polarity: Polarity = Polarity.AFFIRMED
    interest: Interest = Interest.UNKNOWN
    when: tuple[str, str] | None = None
    decision: Decision = Decision.PROPOSED


YES, UNVERIFIABLE = Decision.ACCEPTED, Decision.UNVERIFIABLE
P, F, M = Predicate, ForcesPredicate, Modality
ROWS: tuple[Row, ...] = (
    Row("m02", "has been closed to transit and civilian traffic", P.ROAD_STATUS, "road Sudzha–Korenevo",
        "NOT_PASSABLE", decision=YES),
    Row("c29", "has been suspended since 6 August for at least 10 days", P.CROSSING_STATUS,
        "Kolotylivka–Pokrovka", "CLOSED", decision=YES),
    Row("c40", "civilian cars were fired at while they were leaving Sudzha on 8 August", P.FIRE_ON_EVACUEES,
        "Sudzha", modality=M.ALLEGED, interest=Interest.SERVES, when=("2024-08-07T21:00", "2024-08-08T21:00"),
        decision=UNVERIFIABLE),
    Row("i08", "nobody fired at civilian cars", P.FIRE_ON_EVACUEES, "Sudzha", modality=M.DENIED,
        interest=Interest.SERVES, when=("2024-08-07T21:00", "2024-08-08T21:00")),
    Row("c09", "More than 76,000 people have left", P.PERSONS_LEFT, "border districts of Kursk oblast",
        quantity=(76_000, None, "persons"), when=("2024-08-09T21:00", "2024-08-10T21:00")),
    Row("c10", "121,000 people have left", P.PERSONS_LEFT, "border districts of Kursk oblast",
        quantity=(121_000, 121_000, "persons"), when=("2024-08-11T21:00", "2024-08-15T21:00")),
    Row("c14", "Nearly 200,000 people are leaving their homes", P.PERSONS_LEFT,
        "border districts of Kursk oblast", quantity=(180_000, 200_000, "persons"),
        when=("2024-08-14T21:00", "2024-08-15T21:00")),
    Row("c11", "180,000 people in all are to leave", P.EVACUATION_ANNOUNCED,
        "border districts of Kursk oblast", quantity=(180_000, 180_000, "persons"), modality=M.INTENDED),
    Row("c12", "About 2,000 residents are in the 28 settlements", P.PERSONS_REMAIN,
        "28 settlements of Kursk oblast", quantity=(2_000, 2_000, "persons")),
    Row("c13", "12 civilians are said to have died and 121 to have been injured", P.PERSONS_HARMED,
        "Kursk oblast", quantity=(12, 12, "persons")),
    Row("c26", "20,800 people, 2,000 of them children, have been evacuated", P.PERSONS_LEFT, "Sumy oblast",
        quantity=(20_800, 20_800, "persons")),
    Row("c27", "Up to 20,000 people in 28 settlements within 10 km of the border are to be evacuated",
        P.EVACUATION_ANNOUNCED, "strip of 10 km along the border, Sumy oblast",
        quantity=(None, 20_000, "persons"), modality=M.INTENDED),
    Row("c28", "Movement is restricted within 20 km of the border", P.ACCESS_CONSTRAINT,
        "strip of 10 km along the border, Sumy oblast"),
    Row("c25", "11,000 of about 14,000 people have left the district", P.PERSONS_LEFT,
        "Krasnaya Yaruga district", quantity=(11_000, 11_000, "persons")),
    Row("c37", "The evacuation of the district with about 20,000 people is announced", P.EVACUATION_ANNOUNCED,
        "Glushkovo district", quantity=(20_000, 20_000, "persons"), modality=M.INTENDED),
    Row("c30", "About a hundred civilians, children among them, remain in Sudzha", P.PERSONS_REMAIN, "Sudzha",
        quantity=(100, 100, "persons"), when=("2024-08-13T21:00", "2024-08-16T21:00")),
    Row("c31", "About a thousand civilians remain in Sudzha", P.PERSONS_REMAIN, "Sudzha",
        quantity=(1_000, 1_000, "persons"), when=("2024-08-13T21:00", "2024-08-16T21:00")),
    Row("c16", "More than 8,000 people, 2,500 of them children, are in temporary accommodation",
        P.PERSONS_SHELTERED, "Kursk oblast", quantity=(8_000, None, "persons")),
    Row("c01", "About 1,000 square kilometres of Kursk oblast", F.AREA_UNDER_CONTROL, "Kursk oblast, area",
        quantity=(1_000, 1_000, "km2"), interest=Interest.SERVES),
    Row("c02", "About 800 square kilometres", F.AREA_UNDER_CONTROL, "Kursk oblast, area",
        quantity=(800, 800, "km2")),
    Row("c03", "28 settlements are said to be under Ukrainian control", F.SETTLEMENTS_UNDER_CONTROL,
        "Kursk oblast, settlements", quantity=(28, 28, "settlements")),
    Row("c04", "Approximately 44 settlements may be under Ukrainian control", F.SETTLEMENTS_UNDER_CONTROL,
        "Kursk oblast, settlements", quantity=(44, 44, "settlements")),
    Row("c05", "74 settlements are said to be under Ukrainian control", F.SETTLEMENTS_UNDER_CONTROL,
        "Kursk oblast, settlements", quantity=(74, 74, "settlements"), interest=Interest.SERVES),
    Row("c06", "82 settlements are said to be under Ukrainian control", F.SETTLEMENTS_UNDER_CONTROL,
        "Kursk oblast, settlements", quantity=(82, 82, "settlements")),
    Row("c42", "12,000 Ukrainian service members are said to be in Kursk oblast", F.PERSONNEL,
        "Kursk oblast, personnel", quantity=(12_000, 12_000, "persons")),
    Row("c33", "A 24-hour hotline is open", P.OTHER, "Kursk oblast"),
    Row("m01", "A zone in Kursk oblast is announced", P.ZONE_ANNOUNCED, "Kursk oblast"),
    Row("c38", "A bridge over the Seym in Glushkovo district is destroyed", P.ROAD_STATUS,
        "bridge over the Seym, Glushkovo district", "NOT_PASSABLE", decision=YES),
    Row("i01", "civilians pass the crossing Yunakivka - Sudzha between 10:00 and 16:00", P.PASSAGE_ANNOUNCED,
        "Yunakivka–Sudzha", decision=YES),
    Row("i03", "The Zvannoye bridge carries one lane in turns and vehicles up to 7.5 t", P.ROAD_STATUS,
        "Zvannoye bridge", "RESTRICTED", decision=YES),
    Row("i03", "Debris lies on the road from Glushkovo to the river", P.ROAD_STATUS,
        "road from Glushkovo to the river", "RESTRICTED", decision=YES),
    Row("i02", "the road from Sudzha to Lgov may be used on 16 August from 06:00 to 12:00",
        P.PASSAGE_ANNOUNCED, "Malaya Loknya", modality=M.CONDITIONAL),
    Row("i04", "Shells fell beside the road H07 between Yunakivka and Sumy", P.SHELLING,
        "H07 between Yunakivka and Sumy", when=("2024-08-16T00:00", "2024-08-16T00:30"), decision=YES),
    Row("i05", "A culvert on the road Sumy - Krasnopillia has collapsed and the road is closed",
        P.ROAD_STATUS, "road Sumy–Krasnopillia", "NOT_PASSABLE", decision=YES),
    Row("i06", "Drones over Bilopillia", P.AIR_OR_DRONE_ATTACK, "Bilopillia",
        when=("2024-08-15T20:00", "2024-08-16T01:00")),
    Row("i07", "The road from Sudzha to Korenevo is open and clear", P.ROAD_STATUS, "road Sudzha–Korenevo",
        "PASSABLE"),
)  # fmt: skip
INJECTS: tuple[dict[str, str], ...] = (
    {"id": "i04", "outlet": INJECT, "speaker": "Drivers of evacuation buses", "source_grade": "B",
     "information_grade": "2", "published": "2024-08-16 05:05",
     "text": "Shells fell beside the road H07 between Yunakivka and Sumy, near the middle of the stretch, "
     "shortly after three. Nobody was hurt. The drivers did not say how many shells."},
    {"id": "i05", "outlet": INJECT, "speaker": "Road service of the oblast", "source_grade": "B",
     "information_grade": "2", "published": "2024-08-16 05:25",
     "text": "A culvert on the road Sumy - Krasnopillia has collapsed and the road is closed in both "
     "directions. Traffic goes through Verkhnia Syrovatka and Boromlia."},
    {"id": "i06", "outlet": CHANNEL, "speaker": "", "source_grade": "F", "information_grade": "6",
     "published": "2024-08-16 05:30", "text": "Drones over Bilopillia all night, stay off the P44!"},
    {"id": "i07", "outlet": CHANNEL, "speaker": "", "source_grade": "F", "information_grade": "6",
     "published": "2024-08-16 05:35",
     "text": "Forward to everybody: The road from Sudzha to Korenevo is open and clear, drivers confirm."},
    {"id": "i08", "outlet": INJECT, "speaker": "Command office of one side", "source_grade": "C",
     "information_grade": "6", "published": "2024-08-10",
     "text": "The command office says that nobody fired at civilian cars and that its people keep to "
     "the law."},
)  # fmt: skip
GAPS: tuple[tuple[str, str], ...] = (
    ("c38", "Which of the three bridges over the Seym (Zvannoye, Glushkovo, Karyzh), and at what hour?"),
    ("c12", "What is the situation of the residents of the 28 settlements?"),
    ("m01", "What is the extent of the announced zone?"),
    ("i03", "In what state is the Karyzh bridge?"),
    ("i04", "How many shells, and is the road damaged?"),
)


def reports() -> dict[str, dict[str, str]]:
    """Return the reports of the example and the injects, by id."""
    with (example.path() / "reports.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in (*csv.DictReader(file), *INJECTS)}


def report_of(row: dict[str, str]) -> Report:
    """Return a row as it was received: at noon of its day, and never after the example's time."""
    day, _, hour = row["published"].partition(" ")
    received = min(f"{day}T12:00:00Z", AS_OF) if not hour else f"{day}T{int(hour[:2]) - 3:02d}{hour[2:]}:00Z"
    outlet = row["outlet"].rpartition(", relayed by ")[2]
    return Report(
        outlet=outlet, text=row["text"], published=row["published"].replace(" ", "T"), received=received,
        language="en", url=row.get("url", ""),
        medium=Medium.SOCIAL_POST if outlet == CHANNEL else Medium.UNKNOWN,
    )  # fmt: skip


def chain_of(row: dict[str, str]) -> Chain:
    """Return the chain from the outlet (or who relayed it) to the origin."""
    wire, _, relay = row["outlet"].rpartition(", relayed by ")
    names = [relay, wire, row["speaker"], row.get("cites", "")]
    named = [name for name in dict.fromkeys(names) if name and "no speaker named" not in name]
    links = [_link(name, last=name == named[-1]) for name in named]
    return Chain(links=tuple(links))


def _link(name: str, *, last: bool) -> Link:
    kind, side = KINDS.get(name, (OriginKind.UNKNOWN if "Anonymous" in name else OriginKind.PRESS, ""))
    return Link(name=name, kind=kind, side=side if last else "")


def claim_of(row: Row, source: dict[str, str]) -> Claim:
    """Return the claim of a row of the table."""
    report, start = report_of(source), source["text"].find(row.words)
    if start < 0:
        raise ValueError(f"{row.report} does not say {row.words!r}")
    values: dict[str, Any] = {
        "report": report.id, "span": Span(start=start, end=start + len(row.words), text=row.words),
        "chain": chain_of(source), "polarity": row.polarity, "modality": row.modality,
        "interest": row.interest, "uttered": source["published"][:10],
        "source_grade": SourceGrade(letter=source["source_grade"] or "F", set_by=DESK),
        "information_grade": InformationGrade(number=int(source["information_grade"] or 6), set_by=DESK),
        "quantities": () if row.quantity is None else (_quantity(row.quantity, row.words),),
        "times": () if row.when is None else (_time(row.when),),
    }  # fmt: skip
    if isinstance(row.predicate, ForcesPredicate):
        return ForcesClaim(predicate=row.predicate, arguments=(("about", row.place),), **values)
    arguments = (("status", row.status),) if row.status else ()
    place = (PLACES[row.place],) if row.place else ()
    return CivilianClaim(predicate=row.predicate, places=place, arguments=arguments, **values)


def _quantity(given: tuple[float | None, float | None, str], words: str) -> Quantity:
    low, high, unit = given
    return Quantity(low=low, high=high, unit=unit, text=words)


def _time(when: tuple[str, str]) -> TimeSpan:
    start, end = (int(datetime.fromisoformat(t).replace(tzinfo=UTC).timestamp()) for t in when)
    return TimeSpan(from_utc_s=start, until_utc_s=end, precision=TimePrecision.HOUR)


def entries() -> Iterator[Entry]:
    """Yield the entries of the ledger: reports and claims as they came, gaps, links, decisions."""
    sources = reports()
    made = [(row, claim_of(row, sources[row.report])) for row in ROWS]
    order = sorted({row.report for row in ROWS}, key=lambda name: (report_of(sources[name]).received, name))
    for name in order:
        report = report_of(sources[name])
        yield Entry(at=report.received, by=DESK, act=ReportFiled(report=report))
        for row, claim in made:
            if row.report == name:
                yield Entry(at=report.received, by=DESK, act=ClaimProposed(claim=claim))
    for number, (name, question) in enumerate(GAPS, start=1):
        gap = InformationGap(id=f"g-{number}", report=report_of(sources[name]).id, question=question)
        yield Entry(at=AS_OF, by=DESK, act=GapNoted(gap=gap))
    for link in relate(claim for _, claim in made):
        yield Entry(at=AS_OF, by=DESK, act=ClaimsLinked(link=link))
    for row, claim in made:
        if row.decision != Decision.PROPOSED:
            act = ClaimDecided(claim=claim.id, decision=row.decision)
            yield Entry(at=AS_OF, by=DESK, act=act, why="exercise")


def main(argv: Sequence[str]) -> int:
    """Write the file, or say whether it is what this table makes."""
    path: Path = example.path() / "claims.jsonl"
    data = ledger_json.write(entries())
    if "--check" in argv:
        return int(not path.is_file() or path.read_bytes() != data)
    path.write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

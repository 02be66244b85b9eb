"""Versions of one zone: what all sources put in it, what any of them does, and a case for each reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from safepassage.domain.case import Area, Case, Provenance
from safepassage.kernels.graphs.polygons import common_and_all


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneReading:
    """One way to read the versions of a zone: its name, whose word it is, and the areas that stand for it.

    `areas` is empty where the versions have nothing in common.
    """

    zone: str
    name: str
    sources: tuple[str, ...]
    areas: tuple[Area, ...]


def zones(case: Case) -> tuple[str, ...]:
    """Return the zones of which there are several versions, in order."""
    names = [area.version_of for area in case.areas if area.version_of]
    return tuple(sorted({name for name in names if names.count(name) > 1}))


def readings(case: Case, zone: str) -> tuple[ZoneReading, ...]:
    """Return the intersection and the union of the versions of a zone, then each version alone.

    A reading is made of outlines that sources gave, never of a figure. Where hazards differ, the intersection
    has the least of each bound and the union the greatest.
    """
    versions = [area for area in case.areas if area.version_of == zone]
    common, whole = common_and_all([area.polygons for area in versions])
    every = tuple(area.provenance.source for area in versions)
    found = [
        _combined(zone, "what all versions have in common", versions, common, least=True),
        _combined(zone, "what any version holds", versions, whole, least=False),
    ]
    alone = [
        ZoneReading(zone=zone, name=f"as in “{area.name or area.id}”", areas=(area,),
                    sources=(area.provenance.source,))
        for area in versions
    ]  # fmt: skip
    return (*(replace(reading, sources=every) for reading in found), *alone)


def _combined(
    zone: str, name: str, versions: list[Area], polygons: list[list[list[tuple[int, int]]]], *, least: bool
) -> ZoneReading:
    pick = min if least else max
    said = ", ".join(area.provenance.source or area.id for area in versions)
    area = replace(
        versions[0], id=f"zone:{zone}", name=f"{versions[0].name} ({name})",
        polygons=tuple(tuple(tuple(ring) for ring in polygon) for polygon in polygons),
        hazard_low_ppm=pick(a.hazard_low_ppm for a in versions),
        hazard_ppm=pick(a.hazard_ppm for a in versions),
        hazard_high_ppm=pick(a.hazard_high_ppm for a in versions),
        interval=versions[0].interval if all(a.interval == versions[0].interval for a in versions) else None,
        provenance=Provenance(source=f"{name}: {said}"),
    )  # fmt: skip
    return ZoneReading(zone=zone, name=name, sources=(), areas=(area,) if polygons else ())


def read_as(case: Case, reading: ZoneReading) -> Case:
    """Return the case in which a zone is read in one way; arrangements keep pointing at it."""
    return replace(case, areas=tuple(_replaced(case.areas, reading)))


def _replaced(areas: Iterable[Area], reading: ZoneReading) -> list[Area]:
    versions = [area.id for area in areas if area.version_of == reading.zone]
    kept = [area for area in areas if area.version_of != reading.zone]
    # Arrangements name an area by its id, so the first version's id stays in use.
    named = [replace(area, id=versions[0]) for area in reading.areas]
    return [*kept, *named]

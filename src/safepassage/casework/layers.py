"""Gathers what maps show beside the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safepassage.domain.case import Area, AreaKind, Case
from safepassage.domain.claims.picture import HazardEvent, HazardPicture
from safepassage.domain.map_layers import MapArea, MapLayers, MapLine, Point
from safepassage.domain.network import RoadNetwork
from safepassage.engines.hazard_picture import ring_e7


class ArcShapes(Mapping[int, list[Point]]):
    """Polylines of the baseline's arcs, built when asked for."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network

    def __getitem__(self, arc: int) -> list[Point]:
        if not 0 <= arc < len(self._network.arcs):
            raise KeyError(arc)
        return self._network.polyline_e7(arc)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._network.arcs)))

    def __len__(self) -> int:
        return len(self._network.arcs)


def map_layers(
    network: RoadNetwork, case: Case, lines: tuple[MapLine, ...], picture: HazardPicture | None = None
) -> MapLayers:
    """Return shapes, classes, areas with whose word they are, events of claims, and background lines."""
    events = () if picture is None else picture.events
    return MapLayers(
        shapes=ArcShapes(network),
        road_class=tuple(network.arcs.road_class.tolist()),
        areas=(*(_area(area, case) for area in case.areas), *(_event(event) for event in events)),
        lines=lines,
    )


def _event(event: HazardEvent) -> MapArea:
    worst = max(event.slices, key=lambda piece: piece.high_ppm)
    return MapArea(
        id=f"claim:{event.id}", kind=AreaKind.REPORTED_HAZARD,
        name=f"{event.predicate.replace('_', ' ').capitalize()} near {event.place}",
        polygons=((ring_e7(event.lat_e7, event.lon_e7, event.radius_m),),), source="; ".join(event.origins),
        hazard_ppm=(worst.low_ppm, worst.central_ppm, worst.high_ppm), reviewed=event.reviewed,
    )  # fmt: skip


def _area(area: Area, case: Case) -> MapArea:
    zone = next((a for a in case.arrangements if a.area == area.id), None)
    if area.kind not in {AreaKind.ANNOUNCED_ZONE, AreaKind.PROTECTED_ZONE}:
        zone = None
    said = area.provenance
    return MapArea(
        id=area.id, kind=area.kind, name=area.name, polygons=area.polygons, source=said.source,
        announced_by=zone.announced_by if zone else "", status=str(zone.status) if zone else "",
        purposes=zone.stated_purposes if zone else "",
        grade=f"{said.source_grade}{said.information_grade}", as_of=said.as_of,
        hazard_ppm=_hazard(area),
    )  # fmt: skip


def _hazard(area: Area) -> tuple[int, int, int] | None:
    return (area.hazard_low_ppm, area.hazard_ppm, area.hazard_high_ppm) if area.hazard_high_ppm else None

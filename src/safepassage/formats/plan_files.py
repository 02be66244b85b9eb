"""Which files a release becomes: their names and bytes, for the application to put on disk."""

from __future__ import annotations

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release, SensitivityClass
from safepassage.formats import (
    device_routes,
    gpx,
    kmz,
    plan_geojson,
    public_notice,
    report_html,
    schedule_csv,
    schedule_xlsx,
)


def file_name(name: str, sensitivity: SensitivityClass) -> str:
    """Return a file's name with its class in it: ``report.RESTRICTED.html``; folders before it stay."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}.{sensitivity.name}{dot}{ending}"


def planning_team_files(release: Release, layers: MapLayers) -> dict[str, bytes]:
    """Return what the planning team gets, by plain name; files for phones are a separate, deliberate step."""
    return {
        "report.html": report_html.write(release, layers),
        "schedule.csv": schedule_csv.write(release),
        "schedule.xlsx": schedule_xlsx.write(release),
        "corridors.geojson": plan_geojson.write_corridors(release, layers),
        "places.geojson": plan_geojson.write_places(release),
        "modifications.geojson": plan_geojson.write_modifications(release, layers),
        "areas.geojson": plan_geojson.write_areas(release, layers),
    }


def field_device_files(release: Release, layers: MapLayers) -> dict[str, bytes]:
    """Return one GPX and one KMZ for every route that people travel; each holds that way and nothing else."""
    files: dict[str, bytes] = {}
    for route in device_routes.travelled_routes(release):
        stem = device_routes.file_stem(release, route)
        files[f"routes/{stem}.gpx"] = gpx.write(release, layers, route)
        files[f"routes/{stem}.kmz"] = kmz.write(release, layers, route)
    return files


def public_files(release: Release) -> dict[str, bytes]:
    """Return what anybody may have."""
    return {
        "public_notice.html": public_notice.write_html(release),
        "public_notice.txt": public_notice.write_text(release),
    }

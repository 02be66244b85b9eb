"""Writes a released plan to disk: class in the folder, in every file name and in every file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
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

RESTRICTED, PUBLIC = "RESTRICTED", "PUBLIC"
MANIFEST = f"{RESTRICTED}-files.json"
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600


def write_outputs(
    output: Path,
    documents: dict[str, bytes],
    releases: tuple[Release, Release],
    layers: MapLayers,
    *,
    field_devices: bool,
) -> dict[str, str]:
    """Write all files of a plan; return their paths by purpose.

    Everything is made before the first file is touched, each file appears whole, and files of an earlier plan
    in the same folder that this one does not have are removed, so that no stale route lies about.

    Parameters
    ----------
    documents
        Canonical bytes of inputs, plan, certificate and verification, by name.
    releases
        What the planning team and the public may see.
    """
    team, public = releases
    files = {f"{RESTRICTED}/{RESTRICTED}-{name}.json": data for name, data in documents.items()}
    files |= _team_files(team, layers)
    if field_devices:
        files |= _device_files(team, layers)
    files |= {
        f"{PUBLIC}/{PUBLIC}-notice.html": public_notice.write_html(public),
        f"{PUBLIC}/{PUBLIC}-notice.txt": public_notice.write_text(public),
    }
    folder = output / RESTRICTED
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(OWNER_ONLY_FOLDER)
    _remove_stale(output, set(files))
    for name, data in files.items():
        _write(output / name, data)
    _write(folder / MANIFEST, (json.dumps(sorted(files), indent=1) + "\n").encode())
    return {_purpose(name): str(output / name) for name in files}


def _team_files(release: Release, layers: MapLayers) -> dict[str, bytes]:
    writers: dict[str, Callable[[], bytes]] = {
        "report.html": lambda: report_html.write(release, layers),
        "corridors.geojson": lambda: plan_geojson.write_corridors(release, layers),
        "places.geojson": lambda: plan_geojson.write_places(release),
        "modifications.geojson": lambda: plan_geojson.write_modifications(release, layers),
        "areas.geojson": lambda: plan_geojson.write_areas(release, layers),
        "schedule.csv": lambda: schedule_csv.write(release),
        "schedule.xlsx": lambda: schedule_xlsx.write(release),
    }
    return {f"{RESTRICTED}/{RESTRICTED}-{name}": write() for name, write in writers.items()}


def _device_files(release: Release, layers: MapLayers) -> dict[str, bytes]:
    """Return one GPX and one KMZ per route that people travel in this plan, and of no other route."""
    files = {}
    for route in device_routes.travelled_routes(release):
        stem = f"{RESTRICTED}/field-devices/{RESTRICTED}-{device_routes.file_stem(release, route)}"
        files[f"{stem}.gpx"] = gpx.write(release, layers, route)
        files[f"{stem}.kmz"] = kmz.write(release, layers, route)
    return files


def _purpose(name: str) -> str:
    return name.split("/", 1)[1].removeprefix(f"{RESTRICTED}-").removeprefix(f"{PUBLIC}-")


def _remove_stale(output: Path, kept: set[str]) -> None:
    """Remove what an earlier plan wrote here by its own list, and nothing else."""
    try:
        earlier = json.loads((output / RESTRICTED / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for name in earlier if isinstance(earlier, list) else ():
        path = Path(str(name))
        if (
            name not in kept
            and not path.is_absolute()
            and ".." not in path.parts
            and path.parts[0] in {RESTRICTED, PUBLIC}
        ):
            (output / path).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    restricted = RESTRICTED in path.parts
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER if restricted else 0o777)
    part = path.with_name(f".{path.name}.part")
    mode = OWNER_ONLY_FILE if restricted else 0o644
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    part.replace(path)

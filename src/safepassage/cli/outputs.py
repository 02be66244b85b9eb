"""The files of a released plan: class in the folder, in every file name and in every file."""

from __future__ import annotations

from pathlib import Path

from safepassage.cli.written import PUBLIC, RESTRICTED, write_files
from safepassage.domain.audit_sheet import holding
from safepassage.domain.crew import Beside, at_once
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.gis import device_routes, geopackage, gpx, kmz, plan_geojson
from safepassage.formats.pages import report_html, report_paper
from safepassage.formats.paper import paper_html, paper_pdf
from safepassage.formats.sheets import audit_files, public_notice, situation_report
from safepassage.formats.tables import aid_tables, schedule_csv, schedule_xlsx, table_files


def write_outputs(
    output: Path,
    documents: dict[str, bytes],
    releases: tuple[Release, Release],
    layers: MapLayers,
    *,
    field_devices: bool,
    beside: Beside = at_once,
) -> dict[str, str]:
    """Write all files of a plan; return their paths by purpose.

    Everything is made before the first file is touched, all files appear or none, and files of an earlier
    plan in the same folder that this one does not have are removed, so that no stale route lies about.

    Parameters
    ----------
    documents
        Canonical bytes of inputs, plan, certificate and verification, by name.
    releases
        What the planning team and the public may see. While the audit holds releases up, nothing is written
        for the public.
    beside
        Who makes tables and the audit's papers while maps are drawn and the report is set.
    """
    team, public = releases
    files = {f"{RESTRICTED}/{RESTRICTED}-{name}.json": data for name, data in documents.items()}
    files |= _team_files(team, layers, beside)
    if field_devices:
        files |= _device_files(team, layers)
    if team.audit and not holding(team.audit):
        files |= {f"{PUBLIC}/{name}": data for name, data in notice(public).items()}
    return write_files(output, files)


def notice(public: Release) -> dict[str, bytes]:
    """Return the public notice, by file name; nobody but the caller asks whether the audit holds it."""
    files = {
        f"{PUBLIC}-notice.html": public_notice.write_html(public),
        f"{PUBLIC}-notice.txt": public_notice.write_text(public),
    }
    for language, paper in public_notice.papers(public).items():
        files[f"{PUBLIC}-notice.{language}.pdf"] = paper_pdf.write(paper)
    return files


def _team_files(release: Release, layers: MapLayers, beside: Beside) -> dict[str, bytes]:
    tables = beside(_tables, release)
    report = report_html.write(release, layers)
    printed = report_paper.paper(release, report.decode("utf-8"))
    files = {
        "report.html": report,
        "report.pdf": paper_pdf.write(printed, rules=report_paper.rules()),
        "corridors.geojson": plan_geojson.write_corridors(release, layers),
        "places.geojson": plan_geojson.write_places(release),
        "modifications.geojson": plan_geojson.write_modifications(release, layers),
        "areas.geojson": plan_geojson.write_areas(release, layers),
        "plan.gpkg": geopackage.write(release, layers),
        **tables(),
    }
    return {f"{RESTRICTED}/{RESTRICTED}-{name}": data for name, data in files.items()}


def _tables(release: Release) -> dict[str, bytes]:
    """Return the situation report, the papers of the audit, the schedule and the tables of aid."""
    brief = situation_report.paper(release)
    return {
        "sitrep.txt": situation_report.write(release),
        "sitrep.html": paper_html.write(brief),
        "sitrep.pdf": paper_pdf.write(brief),
        "schedule.csv": schedule_csv.write(release),
        "schedule.xlsx": schedule_xlsx.write(release),
        **_audit_files(release),
        **_aid_files(release),
    }


def _audit_files(release: Release) -> dict[str, bytes]:
    """Return the sheet of the audit to read and to print, nothing without one."""
    if not release.audit:
        return {}
    papers = audit_files.write_papers(release.audit, release.plan, release.inputs)
    return {f"audit.{end}": data for end, data in papers.items()}


def _aid_files(release: Release) -> dict[str, bytes]:
    """Return the tables of the distribution of aid, none without one."""
    if not release.aid:
        return {}
    tables = aid_tables.tables(release)
    files = {f"{name}.csv": table_files.write_csv(table) for name, table in tables.items()}
    files["aid-dictionary.csv"] = table_files.write_csv(table_files.dictionary(tables))
    return {**files, "aid.xlsx": aid_tables.write_xlsx(release)}


def _device_files(release: Release, layers: MapLayers) -> dict[str, bytes]:
    """Return one GPX and one KMZ per route that people travel or trucks drive, and of no other route."""
    files = {}
    for route in device_routes.travelled_routes(release):
        stem = f"{RESTRICTED}/field-devices/{RESTRICTED}-{device_routes.file_stem(release, route)}"
        files[f"{stem}.gpx"] = gpx.write(release, layers, route)
        files[f"{stem}.kmz"] = kmz.write(release, layers, route)
    trucks = device_routes.of_trucks(release)
    for route in device_routes.driven_routes(release):
        stem = f"{RESTRICTED}/field-devices/{RESTRICTED}-truck-{device_routes.file_stem(trucks, route)}"
        files[f"{stem}.gpx"] = gpx.write(trucks, layers, route)
        files[f"{stem}.kmz"] = kmz.write(trucks, layers, route)
    return files

"""A second reader: GDAL's own client of OGC API – Features finds the layers of a signed-in reader."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from safepassage.web.application import application
from tests.support.desks import desk_and_app

OGRINFO = shutil.which("ogrinfo")
chromium = pytest.importorskip("tools.chromium")


@pytest.mark.slow
@pytest.mark.skipif(OGRINFO is None, reason="no ogrinfo on this computer")
@pytest.mark.parametrize(("role", "layers"), [
    ("planner", {"crossings", "road-states", "borders", "areas", "places"}),
    ("partner", {"crossings", "road-states", "borders"}),
])  # fmt: skip
def test_layers_and_their_counts_are_read(role, layers):
    with desk_and_app() as (desk, _), chromium.serving(application(desk)) as address:
        token = desk.sessions.begin(role, desk.now_s())
        told = subprocess.run(
            [OGRINFO, "-ro", "-al", "-so", f"OAPIF:{address}/ogc"], text=True, capture_output=True,
            check=True, env={**os.environ, "GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}"}, timeout=60,
        ).stdout  # fmt: skip
        counts = dict(re.findall(r"Layer name: (\S+)(?:.|\n)*?Feature Count: (\d+)", told))
        assert layers <= set(counts)
        if role == "partner":
            assert set(counts) == layers
        else:
            placed = [f for f in counts if counts[f] != "0"]
            assert {"areas", "places"} <= set(placed)

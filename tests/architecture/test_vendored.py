"""Files of other projects are as they were published, few, and nothing in the pages loads from elsewhere."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "src" / "safepassage" / "web" / "static"
VENDOR = STATIC / "vendor"
MOST_SCRIPT_BYTES = 1_500_000
PACKAGES = tomllib.loads((VENDOR / "VENDOR.toml").read_text("utf-8"))["package"]
FILES = {row["path"]: row["sha256"] for package in PACKAGES for row in package["file"]}
OWN = sorted(p for p in STATIC.rglob("*") if p.suffix in {".js", ".css"} and VENDOR not in p.parents)


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_file_is_byte_for_byte_what_was_published(path):
    assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == FILES[path]


def test_nothing_lies_there_that_is_not_listed():
    found = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()}
    assert found == {*FILES, "VENDOR.toml"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p["name"])
def test_a_package_says_what_it_is_and_brings_its_licence(package):
    assert set(package) == {
        "name", "version", "what", "licence", "registry", "tarball", "tarball_sha256", "file",
    }  # fmt: skip
    assert package["tarball"] == f"{package['name']}-{package['version']}.tgz"
    assert re.fullmatch(r"[0-9a-f]{64}", package["tarball_sha256"])
    assert any("LICENSE" in row["path"] for row in package["file"])


def test_scripts_fit_the_budget():
    assert sum(p.stat().st_size for p in STATIC.rglob("*.js")) <= MOST_SCRIPT_BYTES


@pytest.mark.parametrize("path", OWN, ids=lambda p: str(p.relative_to(STATIC)))
def test_own_scripts_and_styles_load_nothing_from_elsewhere(path):
    text = path.read_text("utf-8")
    assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]+", text) == []
    assert "eval(" not in text
    assert "innerHTML" not in text


def test_the_map_engine_is_known_to_two_files_behind_eleven_functions():
    adapter = (STATIC / "map" / "adapter.js").read_text("utf-8")
    assert len(re.findall(r"^export (?:async )?function ", adapter, re.MULTILINE)) == 11
    knowing = {
        p.name for p in OWN if re.search(r"\bol\.[a-zA-Z]", p.read_text("utf-8")) and p.suffix == ".js"
    }
    assert knowing == {"adapter.js", "styles.js"}

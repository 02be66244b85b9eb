"""Give every test the same ground: fixed random examples, no network, caches of its own."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.effort import examples

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine, and no database of failures left behind in the checkout.
settings.register_profile(
    "repository",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(100),
)
settings.load_profile("repository")

_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, address):
    if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
        raise AssertionError(f"A test tried to reach {address[0]}: the product works offline, its tests too.")
    return _connect(self, address)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take minutes first, so that processes that share a run end together."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True, scope="session")
def _offline():
    """Refuse connections to anything but this computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect_here_only)
        yield


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Keep what is cached in tests away from the caches of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "SAFEPASSAGE_CACHE"):
            patch.setenv(name, str(folder))
        yield


@pytest.fixture(scope="session")
def postgres():
    """The socket of a PostgreSQL server with room for two tenants; tests skip where none is installed."""
    from tests.support import postgres as server

    # The path of a socket must be short, and the server's user must be allowed to enter the folder.
    with tempfile.TemporaryDirectory(prefix="sp-") as folder, server.running(Path(folder)) as socket_path:
        server.prepare(socket_path)
        yield socket_path


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout under test."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of map extracts beside the repository; tests that need it are skipped without it."""
    folder = Path(os.environ.get("SAFEPASSAGE_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no shared folder beside the repository (SAFEPASSAGE_SHARED may name one)")
    return folder


def pytest_collection_finish():
    """Spare the garbage collector thousands of modules that stay for the whole run."""
    gc.collect()
    gc.freeze()

"""A PostgreSQL server of the tests' own: made, started and removed again; skipped where none is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pg8000.native
import pytest

from safepassage.store.map_schema import map_sql
from safepassage.store.server_schema import Server, server_sql

TENANTS = ("red", "blue")


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        pytest.skip(f"PostgreSQL is not installed ({name} was not found)")
    return str(Path(found).resolve())


def _user() -> str | None:
    """PostgreSQL refuses to run as root: return whom it runs as, None for ourselves."""
    if os.geteuid() != 0:
        return None
    user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no other user here")
    return user


def _call(folder: Path, *command: str) -> None:
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        user=_user(),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def start(folder: Path) -> None:
    """Start the server of a folder, listening on a socket in it only."""
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c shared_buffers=16MB"
    log = str(folder / "log")
    _call(folder, _program("pg_ctl"), "-D", str(folder / "data"), "-l", log, "-w", "-o", settings, "start")


def crash(folder: Path) -> None:
    """Stop the server of a folder at once, as a crash does: nothing is tidied up."""
    _call(folder, _program("pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Make and start a server; yield its socket; stop it."""
    if os.name == "nt":
        pytest.skip("the tests start PostgreSQL on Unix only")
    initdb, user = _program("initdb"), _user()
    if user is not None:
        shutil.chown(folder, user)
    options = ("-U", "owner", "-A", "trust", "--no-sync", "-E", "UTF8", "--data-checksums")
    _call(folder, initdb, "-D", str(folder / "data"), *options)
    start(folder)
    try:
        yield folder / ".s.PGSQL.5432"
    finally:
        crash(folder)


def _exists(name: str) -> bool:
    import pwd  # there is none on Windows, where the server tests skip

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def as_owner(socket: Path) -> pg8000.native.Connection:
    """Connect as the administrator, whom no wall binds."""
    return pg8000.native.Connection("owner", database="postgres", unix_sock=str(socket))


def prepare(socket: Path) -> None:
    """Make room for two tenants, each with a login of its own, and one login for both."""
    owner = as_owner(socket)
    for login in ("app", *(f"app_{tenant}" for tenant in TENANTS)):
        owner.run(f"CREATE ROLE {login} LOGIN")
    for tenant in TENANTS:
        for login in ("app", f"app_{tenant}"):
            owner.run(server_sql(tenant, login))
    owner.close()


def prepare_map(socket: Path) -> None:
    """Bring the shared map of both tenants up to date, twice; tests skip where there is no PostGIS."""
    owner = as_owner(socket)
    if not owner.run("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"):
        pytest.skip("PostGIS is not installed")
    for tenant in TENANTS:
        for login in ("app", f"app_{tenant}"):
            owner.run(map_sql(tenant, login))
    owner.run("SET session_replication_role = replica")
    owner.run("DELETE FROM safepassage.features")
    owner.close()


def empty(socket: Path) -> None:
    """Remove all rows, past the walls and the trigger."""
    owner = as_owner(socket)
    owner.run("SET session_replication_role = replica")
    for table in ("entries", "sealing_keys", "named_values"):
        owner.run(f"DELETE FROM safepassage.{table}")
    owner.close()


def server(socket: Path, tenant: str = "red", user: str = "app") -> Server:
    """Return how to reach the server as one tenant."""
    return Server(database="postgres", user=user, tenant=tenant, socket=str(socket))

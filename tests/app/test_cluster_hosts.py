"""Worlds on several hosts: network namespaces with addresses of their own, one of whose workers is killed."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from safepassage.cli import main
from tests.support.folders import write_case

HOSTS = """
set -e
ip link set lo up
mkdir -p /run/netns && mount -t tmpfs none /run/netns
ip link add hub type bridge && ip link set hub up && ip addr add 10.77.0.1/24 dev hub
for k in 2 3; do
  ip netns add h$k
  ip link add v$k type veth peer name eth0 netns h$k
  ip link set v$k master hub up
  ip netns exec h$k ip link set lo up
  ip netns exec h$k ip addr add 10.77.0.$k/24 dev eth0
  ip netns exec h$k ip link set eth0 up
done
"""
WORK = """
trap 'kill -9 $(jobs -p) 2>/dev/null || true' EXIT
"$PY" -m distributed.cli.dask_scheduler --host 10.77.0.1 --port 8786 --no-dashboard >"$LOG/scheduler" 2>&1 &
for k in 2 3; do
  ip netns exec h$k "$PY" -m distributed.cli.dask_worker tcp://10.77.0.1:8786 --host 10.77.0.$k \
    --nthreads 1 --nworkers 1 --no-nanny --no-dashboard --local-directory "$LOG/w$k" >"$LOG/worker$k" 2>&1 &
  echo $! >"$LOG/pid$k"
done
( while ! grep -q "Start worker" "$LOG/worker3"; do sleep 0.1; done
  sleep "$KILL_AFTER"; kill -9 $(cat "$LOG/pid3") ) >"$LOG/killer" 2>&1 &
"$PY" -m safepassage worlds "$OUT" --worlds 400 -o "$LOG/there" --cluster tcp://10.77.0.1:8786
"""


def apart(script, **environment):
    """Run a script in a network and mounts of its own."""
    command = ["unshare", "--user", "--map-root-user", "--net", "--mount", "bash", "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)


@pytest.fixture
def path(monkeypatch):
    import os

    for name in ("unshare", "ip", "bash"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
    pytest.importorskip("distributed")
    found = apart(HOSTS, PATH=os.environ["PATH"])
    if found.returncode:
        pytest.skip(f"no rights to make hosts here: {found.stderr.strip()[-120:]}")
    return os.environ["PATH"]


@pytest.mark.slow
@pytest.mark.parametrize("kill_after", ["60", "0.3"])
def test_two_hosts_give_the_same_bytes_even_if_one_dies_on_the_way(tmp_path, path, kill_after, capsys):
    out, log = tmp_path / "out", tmp_path / "log"
    log.mkdir()
    assert main(["plan", str(write_case(tmp_path / "case")), "-o", str(out)]) in {0, 3}
    assert main(["worlds", str(out), "--worlds", "400", "-o", str(tmp_path / "here")]) == 0
    done = apart(
        HOSTS + WORK, PATH=path, PY=sys.executable, OUT=str(out), LOG=str(log), KILL_AFTER=kill_after,
        HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    here, there = (
        (folder / "RESTRICTED-worlds.json").read_bytes() for folder in (tmp_path / "here", log / "there")
    )
    assert here == there
    assert "10.77.0.2" in (log / "worker2").read_text("utf-8")

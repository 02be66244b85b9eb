"""`serve --lan` from end to end: an authority of its own, its fingerprint and QR, nothing unencrypted."""

from __future__ import annotations

import hashlib
import re
import signal
import ssl
import subprocess
import sys
import time

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from safepassage.domain.access import Person, Role
from safepassage.store import keys, people
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore

pytestmark = pytest.mark.slow
LAN = "127.0.0.2"
"""An address that is not the one of `serve` without a network; it never leaves this computer."""
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Yield address, what was said, and the file of the authority of a server in a network."""
    folder = tmp_path_factory.mktemp("lan")
    key, store = folder / "key", folder / "store.db"
    key.write_text(keys.new_key_file())
    backend = EmbeddedBackend.create(store, keys.secret_of_file(key.read_text()))
    opened = EventStore(backend, lambda: time.time_ns() // 1_000_000)
    opened.begin(org="office", by="test", why="a test")
    planner = Person(id="planner", org="office", role=Role.PLANNER)
    people.set_person(opened, planner, by="test", why="a test", password=PASSWORD)
    backend.close()
    command = [sys.executable, "-m", "safepassage", "serve", "--port", "0", "--lan", LAN]
    command += ["--store", str(store), "--key-file", str(key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = []
        while not lines or not lines[-1].startswith("SHA-256 "):
            lines.append(process.stdout.readline())
            assert process.poll() is None, lines
        said = "".join(lines)
        authority = folder / "store.db-certificates" / "authority.pem"
        yield re.search(rf"https://{LAN}:\d+", said)[0], said, authority
        process.send_signal(signal.SIGINT)
        process.wait(30)


def trusting(authority):
    return ssl.create_default_context(cafile=str(authority))


def test_who_has_the_authority_signs_in_over_tls_and_the_cookie_stays_on_it(served):
    address, _, authority = served
    with httpx.Client(base_url=address, verify=trusting(authority), timeout=60) as client:
        body = {"name": "planner", "password": PASSWORD}
        answer = client.post("/sign-in", data=body, headers={"origin": address})
        assert answer.status_code == 303
        assert {"secure", "httponly"} <= set(answer.headers["set-cookie"].lower().replace(";", "").split())
        assert client.get("/situation").status_code == 200


def test_the_fingerprint_that_is_said_is_the_one_of_the_authority_and_there_is_a_qr(served):
    _, said, authority = served
    certificate = load_pem_x509_certificate(authority.read_bytes())
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER))
    shown = re.search(r"SHA-256 ([0-9A-Fa-f: ]+)", said)[1]
    assert re.sub("[^0-9a-f]", "", shown.lower()) == digest.hexdigest()
    assert "▀" in said or "█" in said


def test_who_does_not_have_it_is_not_connected_and_nothing_answers_unencrypted(served):
    address, _, _ = served
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/sign-in", timeout=20)
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{address.replace('https', 'http')}/sign-in", timeout=20)


def test_under_another_name_it_does_not_answer(served):
    address, _, authority = served
    with httpx.Client(verify=trusting(authority), timeout=20) as client:
        answer = client.get(f"{address}/sign-in", headers={"host": "example.org"})
    assert answer.status_code == 421

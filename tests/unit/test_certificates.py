"""The office's own authority signs for the names of its server; its keys stay its own."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest

from safepassage.store.certificates import AUTHORITY_DAYS, server_files

NOW = datetime.now(UTC)


def greeted(files, name):
    """Return what a client that trusts the authority hears from the server under a name."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(files.authority))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            with listening.accept()[0] as plain:
                try:
                    with server.wrap_socket(plain, server_side=True) as secured:
                        secured.sendall(b"hello")
                except OSError:
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listening.getsockname()) as plain,
                client.wrap_socket(plain, server_hostname=name) as secured,
            ):
                return secured.recv(5)
        finally:
            thread.join(5)


def test_whoever_trusts_the_authority_trusts_the_server_under_its_names_only(tmp_path):
    files = server_files(tmp_path / "c", ["127.0.0.1", "localhost"], office="office", now=NOW)
    assert greeted(files, "127.0.0.1") == b"hello"
    assert greeted(files, "localhost") == b"hello"
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(files, "example.org")


def test_the_authority_stays_until_it_would_end_before_its_server(tmp_path):
    first = server_files(tmp_path / "c", ["127.0.0.1"], office="office", now=NOW)
    again = server_files(tmp_path / "c", ["127.0.0.1"], office="office", now=NOW)
    late = server_files(
        tmp_path / "c", ["127.0.0.1"], office="office", now=NOW + timedelta(days=AUTHORITY_DAYS - 10)
    )
    assert first.fingerprint == again.fingerprint != late.fingerprint
    assert len(first.fingerprint.replace(" ", "")) == 64


def test_keys_are_for_their_owner_only(tmp_path):
    files = server_files(tmp_path / "c", ["127.0.0.1"], office="office", now=NOW)
    for file in (files.key, files.key.with_name("authority.key")):
        assert file.stat().st_mode & 0o077 == 0
    assert files.key.parent.stat().st_mode & 0o077 == 0

"""A certificate authority of one office, for its own local network: made once, shown by its fingerprint.

P-256 with SHA-256 (RFC 5280, RFC 6090). The authority signs certificates of servers for a few days each; its
own key stays in a file for its owner only. Nobody outside has to be asked, and nobody outside is trusted.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS, SERVER_DAYS = 365, 30
EARLIER = timedelta(hours=1)
"""Clocks of telephones run slow: a certificate begins a little before it is made."""
OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFiles:
    """Where certificate and key of a server are, where that of the authority is, and its fingerprint."""

    certificate: Path
    key: Path
    authority: Path
    fingerprint: str


def server_files(folder: Path, names: Sequence[str], *, office: str, now: datetime) -> ServerFiles:
    """Return the files of a server that goes by some names, signed by the authority kept in a folder.

    The authority is made when there is none, or when it ends within the days of the server.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    authority, authority_key = _authority(folder, office, now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(_name(office, names[0]), authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / "server.key", _private(key))
    (folder / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return ServerFiles(
        certificate=folder / "server.pem", key=folder / "server.key", authority=folder / "authority.pem",
        fingerprint=fingerprint(authority),
    )  # fmt: skip


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in groups of four signs, as people compare it by eye."""
    digest = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _authority(
    folder: Path, office: str, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / "authority.pem", folder / "authority.key"
    if file.is_file() and key_file.is_file():
        kept = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        lasts = kept.not_valid_after_utc > now + timedelta(days=SERVER_DAYS)
        if lasts and isinstance(key, ec.EllipticCurvePrivateKey):
            return kept, key
    fresh = ec.generate_private_key(ec.SECP256R1())
    name = _name(office, f"{office} authority")
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        _begun(name, name, fresh.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(fresh, hashes.SHA256())
    )
    _write(key_file, _private(fresh))
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made, fresh


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + timedelta(days=days))
    )


def _name(office: str, common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, office), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, text[:64]) for kind, text in parts])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, data: bytes) -> None:
    """Write a secret for its owner only, in the place of an earlier one."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)

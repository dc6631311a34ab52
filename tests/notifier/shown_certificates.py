"""Certificates that a relay shows for 127.0.0.1: a good one, and others that nobody should believe."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

GOOD, STRANGER, OTHER_NAME, EXPIRED = "good", "stranger", "other name", "expired"
_CONFIG = """[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
_DATES = {EXPIRED: ("20200101000000Z", "20200201000000Z")}
_VALID = ("20200101000000Z", "20991231235959Z")


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a server shows, by kind, and what a client trusts: all but the stranger's."""

    shown: dict[str, ssl.SSLContext]
    trusted: ssl.SSLContext


def make(folder: Path) -> Certificates:
    """Certificates, each signed by itself, made anew."""
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    (folder / "config").write_text(_CONFIG.format(folder=folder))
    shown = {kind: _made(folder, kind) for kind in (GOOD, STRANGER, OTHER_NAME, EXPIRED)}
    trusted = ssl.create_default_context()
    for kind in (GOOD, OTHER_NAME, EXPIRED):
        trusted.load_verify_locations(folder / f"{kind}.pem")
    return Certificates(shown, trusted)


def _made(folder: Path, kind: str) -> ssl.SSLContext:
    key, request, certificate = (folder / f"{kind}.{suffix}" for suffix in ("key", "csr", "pem"))
    name = "DNS:other.test" if kind == OTHER_NAME else "IP:127.0.0.1"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key))
    _openssl("req", "-new", *curve, "-subj", f"/CN={kind}", "-addext", f"subjectAltName={name}", "-out", str(request))
    start, end = _DATES.get(kind, _VALID)
    signing = ("-selfsign", "-batch", "-notext", "-config", str(folder / "config"), "-keyfile", str(key))
    _openssl("ca", *signing, "-startdate", start, "-enddate", end, "-in", str(request), "-out", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)  # noqa: S603, S607 - our own words

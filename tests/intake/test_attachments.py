"""The files of a mail: their names, types, roles and limits."""

from __future__ import annotations

import base64
import os
import time
import zipfile
from io import BytesIO

import pytest

from services.ideas.model import Attachment, AttachmentRole, Refused
from services.intake.attachments.names import clean_name
from services.intake.attachments.types import media_type_of
from services.intake.email import mime
from tests.intake.mails import multipart, part, read

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ZIP = BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("plan.txt", "Plan")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
TEXT = part(b"Content-Type: text/plain", b"Text")


def attached(fields: bytes, content: bytes = b"%PDF-1.7") -> Attachment:
    encoded = fields + b"\r\nContent-Transfer-Encoding: base64"
    (attachment,) = read(multipart(b"mixed", TEXT, part(encoded, base64.encodebytes(content)))).attachments
    return attachment


@pytest.mark.parametrize(
    ("fields", "filename"),
    [
        (b'Content-Disposition: attachment; filename="../../etc/passwd\x00.txt"', "passwd.txt"),
        (b'Content-Disposition: attachment; filename="C:\\\\temp\\\\plan.pdf"', "plan.pdf"),
        (b'Content-Disposition: attachment; filename="C:\\temp\\plan.pdf"', "plan.pdf"),
        (b'Content-Disposition: attachment; filename="der \\"Plan\\".pdf"', "der _Plan_.pdf"),
        (b"Content-Disposition: attachment; filename=der Plan.pdf", "der Plan.pdf"),
        (b"Content-Disposition: attachment; filename==?utf-8?q?Stra=C3=9Fe=2Epdf?=", "Straße.pdf"),
        (b'Content-Disposition: attachment; filename="=?utf-8?b?Li4vLi4vU3RyYcOfZS5wZGY=?="', "Straße.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''Stra%C3%9Fe.pdf", "Straße.pdf"),
        (b"Content-Disposition: attachment; filename=a.pdf; filename*=utf-8''Stra%C3%9Fe.pdf", "Straße.pdf"),
        (b"Content-Disposition: attachment;\r\n filename*0*=iso-8859-1''Stra%DF;\r\n filename*1=e.pdf", "Straße.pdf"),
        (b'Content-Disposition: attachment; filename*1="sse.pdf"; filename*0="Stra"', "Strasse.pdf"),
        (b"Content-Disposition: attachment; filename*=undefined''x%41.pdf", "xA.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ('Content-Disposition: attachment; filename="Straße.pdf"'.encode(), "Straße.pdf"),
        ('Content-Disposition: attachment; filename="Straße.pdf"'.encode("latin-1"), "Straße.pdf"),
        (b"Content-Type: application/pdf; name=plan.pdf", "plan.pdf"),
        (b'Content-Disposition: attachment; filename=".."', "anlage-1.pdf"),
        (b"Content-Disposition: attachment; filename*=''%00%1b", "anlage-1.pdf"),
        (b"Content-Type: application/pdf\r\nContent-Disposition: attachment", "anlage-1.pdf"),
        (b'Content-Disposition: attachment; filename="' + b"x" * 400 + b'.pdf"', "x" * 251 + ".pdf"),
    ],
)
def test_file_names_are_only_names(fields: bytes, filename: str) -> None:
    """A name arrives readable, without a path, control characters or excess length; a nameless file gets one."""
    assert attached(fields).filename == filename


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("\u2066a\u2069\u200e\u200f\u061c\u200b.pdf", "a.pdf"),
        ("a\u0308rger.txt", "ärger.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1.pdf", "_Com1.pdf"),
        ("console.txt", "console.txt"),
        ('<a|b?"c*:d>.txt', "_a_b__c__d_.txt"),
        (" .htaccess. ", "htaccess"),
        ("a\r\nb\tc.txt", "abc.txt"),
        ("\ud800.txt", "_.txt"),
        ("x/", "anlage-7.png"),
        ("", "anlage-7.png"),
    ],
)
def test_a_name_is_safe_on_every_screen_and_disk(declared: str, name: str) -> None:
    """Directions, reserved names and forbidden characters go or are replaced."""
    assert clean_name(declared, "image/png", 7) == name


@pytest.mark.parametrize("declared", ["ä" * 300 + ".pdf", "🚲" * 100, "x." + "y" * 400, "." * 500 + "a"])
def test_a_long_name_is_cut_between_characters(declared: str) -> None:
    """No name has more than 255 bytes, and none ends within a character."""
    name = clean_name(declared, "application/pdf", 1)
    assert 0 < len(name.encode()) <= 255
    assert "\ufffd" not in name


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "image/jpeg", "image/png"),
        (PNG, "application/octet-stream", "image/png"),
        (JPEG, "text/plain", "image/jpeg"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/octet-stream", "application/pdf"),
        (b"%PDF-1.7 nur Text", "image/png", "application/pdf"),
        (b"MZ\x90\x00\x03" + bytes(60), "image/png", "application/x-msdownload"),
        (b"MZ\x90\x00\x03" + bytes(60), "application/pdf", "application/x-msdownload"),
        (ZIP.getvalue(), "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
        (ZIP.getvalue(), "application/pdf", "application/zip"),
        (ZIP.getvalue(), "image/png", "application/zip"),
        (OLE, "application/vnd.ms-excel", "application/vnd.ms-excel"),
        (bytes(64), "application/msword", "application/octet-stream"),
        (bytes(4) + b"mdat" + bytes(9), "video/quicktime", "video/quicktime"),
        (b"<html><script>alert(1)</script>", "image/png", "text/html"),
        (b"\n <!DOCTYPE html><p>", "application/octet-stream", "text/html"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "image/png", "image/svg+xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "image/svg+xml"),
        (b"\xef\xbb\xbf<html>", "image/gif", "text/html"),
        (b"#!/bin/sh\nrm", "image/jpeg", "text/plain"),
        (b"alert(1)", "image/png", "text/plain"),
        (b"BMW und andere", "text/plain", "text/plain"),
        (b"Name;Ort\n", "text/csv", "text/csv"),
        ("Name;Ort\n".encode("utf-16"), "text/csv", "text/csv"),
        (b"BEGIN:VCARD", "text/vcard", "text/vcard"),
        (b"\x01\x02\x03\x04", "image/png", "application/octet-stream"),
        (b"\x01\x02\x03\x04", "text/plain", "application/octet-stream"),
        (b"\x01\x02\x03\x04", "application/x-cad", "application/x-cad"),
        (bytes(range(256)), "application/octet-stream", "application/octet-stream"),
        (b"", "image/png", "image/png"),
        (b"x", "application/x\x00y", "application/octet-stream"),
        (b"x", "application/" + "x" * 500, "application/octet-stream"),
        (b"x", "text/html<script>", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, declared: str, media_type: str) -> None:
    """A declared type counts where the bytes can be that; pages and programs are never images."""
    assert media_type_of(content, declared) == media_type


@pytest.mark.parametrize(
    "begin", [b"", PNG, JPEG, b"RIFF", b"GIF89a", b"PK\x03\x04", OLE[:8], b"\x00\x00\x00\x18ftyp", b"<"]
)
def test_looking_at_bytes_never_fails(begin: bytes) -> None:
    """Noise behind every beginning has a type, at once."""
    began = time.monotonic()
    for size in range(300):
        assert media_type_of(begin + os.urandom(size), "application/octet-stream")
    media_type_of(begin + b"<" * 10_000_000, "image/png")
    assert time.monotonic() - began < 2


def test_an_attachment_is_kept_byte_for_byte() -> None:
    """What was sent in base64 comes out as the file that it was."""
    attachment = attached(b"Content-Type: image/png; name=a.png", PNG + bytes(range(256)))
    assert (attachment.content, attachment.media_type) == (PNG + bytes(range(256)), "image/png")


def test_an_attached_mail_is_one_file() -> None:
    """A forwarded message is kept as it was, with what is attached to it, named after its subject."""
    inner = (
        b"Subject: =?utf-8?q?Br=C3=BCcke?= 7/8\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nfremd\r\n"
    )
    inner += b"--i\r\nContent-Type: message/rfc822\r\n\r\nSubject: tief\r\n\r\nganz tief\r\n--i--"
    body = read(multipart(b"mixed", TEXT, part(b"Content-Type: message/rfc822", inner)))
    assert body.text == "Text"
    assert body.attachments == (Attachment("Brücke 7-8.eml", "message/rfc822", inner, AttachmentRole.MESSAGE),)


def test_a_delivery_status_is_one_file() -> None:
    """The blocks of a report are not files of their own."""
    status = part(b"Content-Type: message/delivery-status", b"Reporting-MTA: dns; mx\r\n\r\nStatus: 5.1.1")
    (attachment,) = read(multipart(b"report", TEXT, status)).attachments
    assert (attachment.filename, attachment.media_type) == ("anlage-1.txt", "message/delivery-status")


@pytest.mark.parametrize(
    ("fields", "content", "role"),
    [
        (b"Content-Type: image/png; name=a.png\r\nContent-Disposition: inline", PNG, AttachmentRole.INLINE),
        (b"Content-Type: image/png; name=a.png\r\nContent-Disposition: attachment", PNG, AttachmentRole.FILE),
        (b"Content-Type: application/pdf\r\nContent-Disposition: inline", b"%PDF-1.7", AttachmentRole.FILE),
        (b"Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR", AttachmentRole.CALENDAR),
        (b"Content-Type: application/ics; name=x.ics", b"BEGIN:VCALENDAR", AttachmentRole.CALENDAR),
        (b"Content-Type: application/ms-tnef", b"\x78\x9f\x3e\x22", AttachmentRole.TNEF),
        (b"Content-Type: application/octet-stream; name=WINMAIL.DAT", b"\x78\x9f\x3e\x22", AttachmentRole.TNEF),
        (b"Content-Type: image/png; name=a.png\r\nContent-Disposition: inline", b"<html>", AttachmentRole.FILE),
    ],
)
def test_each_file_has_its_role(fields: bytes, content: bytes, role: AttachmentRole) -> None:
    """Pictures in the text, invitations and Outlook's wrapping are told from files sent along."""
    assert attached(fields, content).role is role


def test_a_picture_that_the_page_shows_is_inline() -> None:
    """A Content-ID that the HTML refers to makes a picture part of the text; another one does not."""
    page = part(b"Content-Type: text/html", b'<img src="cid:Logo@example">')
    pictures = [part(b"Content-Type: image/png\r\nContent-ID: <%s@example>" % name, PNG) for name in (b"logo", b"weg")]
    attachments = read(multipart(b"related", page, *pictures)).attachments
    assert [item.role for item in attachments] == [AttachmentRole.INLINE, AttachmentRole.FILE]


def test_an_invitation_among_versions_of_a_text_is_a_file() -> None:
    """The calendar part of an invitation is kept beside the text that it is a version of."""
    versions = TEXT, part(b"Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")
    body = read(multipart(b"alternative", *versions))
    assert (body.text, [item.filename for item in body.attachments]) == ("Text", ["anlage-1.ics"])


def test_what_exceeds_the_limits_is_counted() -> None:
    """Files that are too large or too many are refused by number, and the others kept."""
    files = [part(b"Content-Type: application/x-plan", b"x" * size) for size in (5, 50, 6, 7, 8)]
    body = mime.body(mime.parse(multipart(b"mixed", TEXT, *files)), mime.AttachmentLimits(most=2, most_bytes=10))
    assert [len(item.content) for item in body.attachments] == [5, 6]
    assert body.refused == Refused(too_large=1, too_many=2)


def test_nothing_is_unpacked() -> None:
    """An archive stays the file that it is."""
    assert attached(b"Content-Type: application/zip; name=plan.zip", ZIP.getvalue()).content == ZIP.getvalue()

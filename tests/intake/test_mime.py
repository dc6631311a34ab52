"""The reading of MIME, with mails written by hand as bytes."""

from __future__ import annotations

import base64
import os
import threading
import time
from pathlib import Path

import pytest

from services.intake.email import mime
from services.intake.email.read import MailReader, MailReading

HEAD = b"From: Erika Muster <erika@example.org>\r\nSubject: Radweg\r\n"
# A collection of real and broken mails, where one lies beside the project; its licences keep it out of it.
CORPUS = next(Path(__file__).parents[3].glob("*/mail-corpus"), Path("none"))


def read(raw: bytes) -> MailReading:
    return MailReader(["ideen@example.org"]).read_mail(raw, {})


def part(fields: bytes, body: bytes) -> bytes:
    return b"--b\r\n" + fields + b"\r\n\r\n" + body + b"\r\n"


def multipart(kind: bytes, *parts: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n' + b"".join(parts) + b"--b--\r\n"


def plain(charset: str, body: bytes) -> bytes:
    declared = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    return HEAD + declared.encode() + b"\r\n" + body


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("utf-8", "utf-8"),
        ('"UTF-8"', "utf-8"),
        ("iso-8859-1", "latin-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("us-ascii", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "latin-1"),
        ("klingonisch", "utf-8"),
        ("x-unknown", "cp1252"),
        ("\x00", "utf-8"),
        ("undefined", "utf-8"),
        ("base64", "utf-8"),
        ("", "utf-8"),
        ("", "latin-1"),
        ("", "mac_roman"),
        ("", "cp850"),
    ],
)
def test_umlauts_survive_every_declaration(charset: str, encoding: str) -> None:
    """Declared rightly, wrongly, unknown, impossible, or not at all: the words arrive."""
    words = "Fußgänger möchten über die Straße, auch Größere."
    assert read(plain(charset, words.encode(encoding))).text == words


def test_quotation_marks_of_windows_are_no_umlauts() -> None:
    """Undeclared Windows text without umlauts is not taken for DOS, whose ä is a quotation mark there."""
    words = "Bitte „mehr Licht“ am Weg … 5 € reichen”"
    assert read(plain("", words.encode("cp1252"))).text == words


def test_a_japanese_charset_is_believed() -> None:
    """A charset of seven-bit bytes is read as declared, though its bytes are valid UTF-8 as well."""
    assert read(plain("iso-2022-jp", "一覧をアップ".encode("iso-2022-jp"))).text == "一覧をアップ"


@pytest.mark.parametrize("charset", ["utf-7", "UTF7", "u7", "unicode-1-1-utf-7", "unicode_escape", "punycode"])
def test_charsets_that_hide_text_are_not_decoded(charset: str) -> None:
    """UTF-7 under any name, and Python's own codecs, stay the plain characters that every check sees."""
    text = r"+ADw-script+AD4- \u003cb\u003e \ud800 a-b"
    assert read(plain(charset, text.encode())).text == text


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?B?R3LDvMOfZQ==?= aus Plauen", "Grüße aus Plauen"),
        (b"=?iso-8859-1?Q?Stra=DFe?= =?iso-8859-1?Q?nbahn?=", "Straßenbahn"),
        (b"=?utf-8?q?Gr=C3?=\r\n =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?q?Wie geht es??=", "Wie geht es?"),
        (b"=?utf-8*de?q?Stra=C3=9Fe?=", "Straße"),
        (b"=?klingonisch?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8?b?Y?=", "Y"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"Re: =? 5 ?= 3", "Re: =? 5 ?= 3"),
        ("Grüße aus Plauen".encode(), "Grüße aus Plauen"),
        ("Grüße aus Plauen".encode("latin-1"), "Grüße aus Plauen"),
        ("Grüße =?utf-8?q?=C3=BC?= €".encode(), "Grüße ü €"),
        (b"lang,\r\n\tsehr lang", "lang, sehr lang"),
    ],
)
def test_subjects_are_read_as_written(written: bytes, read_as: str) -> None:
    """Encoded words as programs really write them, and raw eight-bit bytes, become one line of text."""
    assert read(b"Subject: " + written + b"\r\n\r\nText").subject == read_as


def test_a_subject_stays_one_line() -> None:
    """A line break that an encoded word smuggles into a field becomes a blank: no reply gets a second field of it."""
    subject = read(b"Subject: =?utf-8?q?hallo=0D=0ABcc:_x@y=00=1B[31m?=\r\n\r\nText").subject
    assert subject == "hallo Bcc: x@y [31m"


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        (b"erika@example.org", "erika@example.org"),
        (b"Erika Muster <Erika@Example.org>", "erika@example.org"),
        (b'"Muster, Erika" <erika@example.org>', "erika@example.org"),
        (b"Muster, Erika <erika@example.org>", "erika@example.org"),
        (b'"max@example.org" <erika@example.org>', "erika@example.org"),
        (b"erika@example.org (Erika (privat) Muster)", "erika@example.org"),
        (b"=?utf-8?q?max=40example.org?= <erika@example.org>", "erika@example.org"),
        ("Jürgen <jürgen@müller.example>".encode(), "jürgen@müller.example"),
        (b"erika@example.org, max@example.org", None),
        (b"erika@example.org <max@example.org>", None),
        (b"alice@example.org)bob@example.org", None),
        (b"(alice@example.org", None),
        (b"alice@example.org@example.net", None),
        (b"<@relay.example:alice@example.org>", None),
        (b"undisclosed-recipients:;", None),
        (b"a\x00b@example.org", None),
        (b"a" * 330 + b"@example.org", None),
        (b"", None),
        (b"(" * 1000 + b")" * 1000 + b" erika@example.org", "erika@example.org"),
        (b"a:" * 5000, None),
    ],
)
def test_only_one_undoubted_address_is_a_sender(field: bytes, sender: str | None) -> None:
    """Names, quotes and comments do not matter; two addresses or a trick are nobody's."""
    assert read(b"From: " + field + b"\r\n\r\nText").sender == sender


def test_two_from_fields_are_nobodys() -> None:
    """A mail that names its author twice has none."""
    assert read(b"From: a@example.org\r\nFrom: b@example.org\r\n\r\nText").sender is None


def test_html_alone_is_read_as_text() -> None:
    """Markup, styles and scripts go; words, entities and line breaks stay."""
    html = "<html><style>p {color:red}</style><p>Stra&szlig;e &amp; Weg</p><script>alert(1)</script><p>zwei</p></html>"
    text = read(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()).text
    assert text.split() == ["Straße", "&", "Weg", "zwei"]


def test_of_two_versions_the_plain_one_is_read() -> None:
    """Of multipart/alternative the plain text counts, and nothing becomes an attachment."""
    reading = read(
        multipart(
            b"alternative", part(b"Content-Type: text/plain", b"schlicht"), part(b"Content-Type: text/html", b"x")
        )
    )
    assert (reading.text, reading.attachments) == ("schlicht", ())


def test_an_empty_plain_version_gives_way_to_html() -> None:
    """Where the plain version says nothing, the other one is read."""
    reading = read(
        multipart(b"alternative", part(b"Content-Type: text/plain", b"  "), part(b"Content-Type: text/html", b"<p>ja"))
    )
    assert reading.text == "ja"


@pytest.mark.parametrize(
    ("fields", "filename"),
    [
        (b'Content-Disposition: attachment; filename="../../etc/passwd\x00.txt"', "passwd .txt"),
        (b'Content-Disposition: attachment; filename="C:\\\\temp\\\\plan.pdf"', "plan.pdf"),
        (b"Content-Disposition: attachment; filename==?utf-8?q?Stra=C3=9Fe=2Epdf?=", "Straße.pdf"),
        (b'Content-Disposition: attachment; filename="=?utf-8?b?Li4vLi4vU3RyYcOfZS5wZGY=?="', "Straße.pdf"),
        (b"Content-Disposition: attachment; filename*=utf-8''Stra%C3%9Fe.pdf", "Straße.pdf"),
        (b"Content-Disposition: attachment;\r\n filename*0*=iso-8859-1''Stra%DF;\r\n filename*1=e.pdf", "Straße.pdf"),
        (b"Content-Disposition: attachment; filename*=undefined''x%41.pdf", "xA.pdf"),
        ('Content-Disposition: attachment; filename="Straße.pdf"'.encode(), "Straße.pdf"),
        ('Content-Disposition: attachment; filename="Straße.pdf"'.encode("latin-1"), "Straße.pdf"),
        (b"Content-Type: application/pdf; name=plan.pdf", "plan.pdf"),
        (b'Content-Disposition: attachment; filename=".."', "anlage-1"),
        (b"Content-Disposition: attachment", "anlage-1"),
        (b'Content-Disposition: attachment; filename="' + b"x" * 400 + b'"', "x" * 255),
    ],
)
def test_file_names_are_only_names(fields: bytes, filename: str) -> None:
    """A name arrives readable, without a path, control characters or excess length; a nameless file gets one."""
    reading = read(multipart(b"mixed", part(b"Content-Type: text/plain", b"Text"), part(fields, b"PDF")))
    assert (reading.text, [item.filename for item in reading.attachments]) == ("Text", [filename])


@pytest.mark.parametrize(
    "media_type", [b"application/x\x00y", b"application/" + b"x" * 500, b"sch\xf6n/gut", b"text/html<script>"]
)
def test_odd_media_types_are_plain_bytes(media_type: bytes) -> None:
    """A type that is none is application/octet-stream: no store or browser has to cope with it."""
    fields = b"Content-Type: " + media_type + b"; name=x\r\nContent-Disposition: attachment"
    (attachment,) = read(multipart(b"mixed", part(fields, b"x"))).attachments
    assert attachment.media_type in {"application/octet-stream", "text/plain"}


def test_an_attachment_is_kept_byte_for_byte() -> None:
    """What was sent in base64 comes out as the file that it was."""
    content = bytes(range(256))
    fields = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64"
    (attachment,) = read(multipart(b"mixed", part(fields, base64.encodebytes(content)))).attachments
    assert (attachment.content, attachment.media_type) == (content, "image/png")


def test_an_attached_mail_is_not_the_senders_text() -> None:
    """What a forwarded message says is attached; the text is the forwarder's own."""
    forwarded = part(b"Content-Type: message/rfc822", b"From: x@y\r\nSubject: fremd\r\n\r\nfremde Worte")
    reading = read(multipart(b"mixed", part(b"Content-Type: text/plain", b"Bitte lesen"), forwarded))
    assert (reading.subject, reading.text) == ("Radweg", "Bitte lesen")
    assert [item.content.strip() for item in reading.attachments] == [b"fremde Worte"]


def test_a_mail_that_only_forwards_says_what_it_forwards() -> None:
    """Without words of the sender's own, the forwarded ones are the text."""
    forwarded = part(b"Content-Type: message/rfc822", b"From: x@y\r\nSubject: fremd\r\n\r\nfremde Worte")
    assert read(multipart(b"mixed", forwarded)).text == "fremde Worte"


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00", b"Content-Type: multipart/mixed\r\n\r\n", b"\xff" * 100])
def test_nothing_is_no_error(raw: bytes) -> None:
    """A mail without header, text or parts has an empty reading."""
    assert read(raw).sender is None


def _nested(depth: int) -> bytes:
    return HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )


HOSTILE = {
    "a comment in a comment": b"From: " + b"(" * 1000 + b")" * 1000 + b" a@b\r\n\r\nText",
    "a broken Message-ID": HEAD + b"Message-ID: <[]@>\r\n\r\nText",
    "2,000 multiparts in one another": _nested(2000) + b"\r\nText",
    "100 multiparts over many lines": _nested(100) + b"\r\n" * 1_000_000,
    "3,000 forwarded in one another": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"Text",
    "16,000 encoded words": b"Subject: " + b" ".join([b"=?utf-8?q?hallo_welt?="] * 16_000) + b"\r\n\r\nText",
    "20,000 parts": multipart(b"mixed", *[part(b"Content-Type: text/plain", b"x")] * 20_000),
    "200,000 parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\r\n\r\nText",
    "500,000 folds": b"Subject: a\r\n" + b" a\r\n" * 500_000 + b"\r\nText",
    "300,000 fields": b"X: y\r\n" * 300_000 + b"\r\nText",
    "100,000 open elements": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"Text",
    "a large page": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>Hallo <b>Welt</b></p>\r\n" * 100_000,
    "noise": HEAD + b"\r\n" + os.urandom(1_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    """What would keep a parser busy for minutes, or exhaust its stack, is read within seconds."""
    readings: list[MailReading] = []
    began = time.monotonic()
    # In a thread with a stack of its own, as in the service: the stack below a test is deep already.
    thread = threading.Thread(target=lambda: readings.append(read(HOSTILE[name])))
    thread.start()
    thread.join()
    assert len(readings) == 1
    assert time.monotonic() - began < 5


def test_a_mail_too_intricate_for_a_tree_is_kept_whole() -> None:
    """Its subject and sender are read, and all of it is one attachment."""
    raw = _nested(2000)
    reading = read(raw)
    assert (reading.sender, reading.subject) == ("erika@example.org", "Radweg")
    assert sum(len(item.content) for item in reading.attachments) > len(raw) - 200


def test_a_header_is_read_to_its_limit() -> None:
    """A field is read as far as people write."""
    assert len(mime.header(mime.parse(b"Subject: " + b"a" * 100_000 + b"\r\n\r\n"), "subject")) == 10_000


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the collection of real mails is not here")
def test_real_mails_are_read_without_an_error() -> None:
    """Every file of a collection of real and broken mails has a reading."""
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert len([read(path.read_bytes()) for path in files]) > 1000


def test_a_frame_around_the_html_does_not_indent_it() -> None:
    """Outlook wraps a mail in a <div>; its lines all begin at the margin."""
    html = b"<div class=WordSection1><p>Eins</p><p>Zwei</p></div>"
    mail = mime.parse(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html)

    assert [line for line in mime.body(mail).text.splitlines() if line] == ["Eins", "Zwei"]

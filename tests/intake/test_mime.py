"""The reading of MIME: which parts of a mail are its words, and how they are joined."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.email import mime
from tests.intake.mails import HEAD, html, multipart, part, read

PLAIN, HTML = b"Content-Type: text/plain", b"Content-Type: text/html"
# A collection of real and broken mails, where one lies beside the project; its licences keep it out of it.
CORPUS = next(Path(__file__).parents[3].glob("*/mail-corpus"), Path("none"))


def test_of_two_versions_the_plain_one_is_read() -> None:
    """Of multipart/alternative the plain text counts, both sources are told, and nothing becomes an attachment."""
    body = read(multipart(b"alternative", part(PLAIN, b"schlicht"), part(HTML, b"<p>schlicht")))
    assert (body.text, body.plain, body.html, body.attachments) == ("schlicht", "schlicht", "<p>schlicht", ())


def test_targets_of_links_that_a_program_wrote_into_the_plain_version_are_no_words() -> None:
    """Where a page stands beside it, the link's words say what its author wrote; a plain mail keeps its addresses."""
    written = "Der Plan <https://karte.example.org/x?y=1> steht fest. <mailto:anna@example.net>"
    page = b'<p><a href="https://karte.example.org/x?y=1">Der Plan</a> steht fest.</p>'
    both = multipart(b"alternative", part(PLAIN, written.encode()), part(HTML, page))

    assert read(both).text == "Der Plan steht fest."
    assert read(multipart(b"mixed", part(PLAIN, written.encode()))).text == written


def test_an_empty_plain_version_gives_way_to_html() -> None:
    """Where the plain version says nothing, the other one is read."""
    assert read(multipart(b"alternative", part(PLAIN, b"  "), part(HTML, b"<p>ja"))).text == "ja"


def test_a_plain_version_that_only_points_to_the_html_is_not_read() -> None:
    """A plain version without most of the words is none: what the person wrote stands in the HTML."""
    page = b"<p>Bitte baut am Bahnhof endlich einen sicheren Radweg nach Treuen."
    body = read(multipart(b"alternative", part(PLAIN, b"Ihr Programm zeigt kein HTML."), part(HTML, page)))
    assert (body.text[:5], body.plain) == ("Bitte", "")


def test_what_is_written_around_a_picture_is_one_text() -> None:
    """A text that goes on below a picture, as phones write it, is read to its end."""
    picture = part(b"Content-Type: image/jpeg; name=weg.jpg\r\nContent-Disposition: inline", b"\xff\xd8\xff\xe0\x00")
    body = read(multipart(b"mixed", part(PLAIN, b"oben"), picture, part(HTML, b"<p>unten")))
    assert (body.text, len(body.attachments)) == ("oben\nunten", 1)


@pytest.mark.parametrize("fields", [b"; name=notiz.txt", b'\r\nContent-Disposition: inline; filename="notiz.txt"'])
def test_a_named_text_is_a_file_unless_it_comes_first(fields: bytes) -> None:
    """What a person wrote comes first; a text with a name behind it is attached (RFC 8621 section 4.1.4)."""
    body = read(multipart(b"mixed", part(PLAIN + fields, b"erst"), part(PLAIN + fields, b"dann")))
    assert (body.text, [item.filename for item in body.attachments]) == ("erst", ["notiz.txt"])


def test_a_page_inside_a_page_is_a_file() -> None:
    """In multipart/related only the first part is the text."""
    body = read(multipart(b"related", part(HTML, b"<p>Text"), part(HTML, b"<p>Rahmen")))
    assert (body.text, [item.media_type for item in body.attachments]) == ("Text", ["text/html"])


def test_a_mail_that_only_forwards_says_what_it_forwards() -> None:
    """Without words of the sender's own, the forwarded ones are the text, however deep they lie."""
    message = b"Content-Type: message/rfc822\r\n\r\n"
    forwarded = message[:-4], b"Subject: Fwd\r\n" + message + b"Subject: fremd\r\n\r\nfremde Worte"
    body = read(multipart(b"mixed", part(*forwarded)))
    assert (body.text, len(body.attachments)) == ("fremde Worte", 1)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\nText',
        HEAD + b"Content-Type: multipart/mixed\r\n\r\nText",
        HEAD + b'Content-Type: multipart/mixed; boundary="b\r\n c"\r\n\r\n--b c\r\n\r\nText\r\n--b c--\r\n',
        HEAD + b"Content-Type: multipart/mixed;\r\nboundary=b\r\n\r\n--b\r\n\r\nText\r\n--b--\r\n",
        HEAD + b"Content-Type: text/plain\r\n\r\n<html><p>Text",
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\nvorab\r\n--b\r\n\r\nText\r\n--b--\r\nhinterher',
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b  \r\n\r\nText',
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n--b\r\n\r\nText\r\n--b--',
        HEAD + b"Text",
        b"\xef\xbb\xbf" + HEAD + b"\r\nText",
        b"\r\n\r\n" + HEAD + b"\r\nText",
        (HEAD + b"\r\nText").replace(b"\r\n", b"\n"),
        (HEAD + b"\r\nText").replace(b"\r\n", b"\r"),
        b"From erika@example.org Sat Jan  3 01:05:34 2026\n" + HEAD + b"\r\nText",
        b"---- Weitergeleitet ----\r\n" + HEAD + b"\r\nText",
        b"X-Trace: eins\r\nohneEinrueckung\r\n" + HEAD + b"\r\nText",
        b"Subject : Radweg\r\nFrom : erika@example.org\r\n\r\nText",
    ],
)
def test_a_broken_frame_does_not_hide_the_words(raw: bytes) -> None:
    """Missing delimiters and blank lines, folded boundaries, foreign line ends and junk: subject and text are read."""
    mail = mime.parse(raw)
    assert (mime.header(mail, "subject"), mime.author(mail)) == ("Radweg", "erika@example.org")
    assert mime.body(mail).text.strip() == "Text"


def test_a_delivery_report_has_a_part_for_each_block() -> None:
    """RFC 3464: the blocks of message/delivery-status are parts, and their lines may be broken."""
    report = (
        b"Reporting-MTA: dns; mx\r\n\r\nDiagnostic-Code: smtp;\r\n550 nein\r\nFinal-Recipient: rfc822; a@example.org"
    )
    mail = mime.parse(
        multipart(b"report", part(PLAIN, b"nein"), part(b"Content-Type: message/delivery-status", report))
    )
    blocks = [block for block in mail.walk() if block["final-recipient"]]
    assert [block["final-recipient"] for block in blocks] == ["rfc822; a@example.org"]


@pytest.mark.parametrize(
    ("encoding", "written", "text"),
    [
        (b"quoted-printable", b"Stra=C3=9Fe=\r\nnbahn =XY =", "Straßenbahn =XY "),
        (b"Quoted-Printable ", b"=C3=BC", "ü"),
        (b"base64", b"U3RyYcOfZQ==", "Straße"),
        (b"base64", b"U3RyYcOfZQ", "Straße"),
        (b"base64; charset=utf-8", b"U3RyYcOfZQ==", "Straße"),
        (b"base64", b"U3Ry\r\n YcOf!ZQ==", "Straße"),
        (b"base64", b"U3RyYcOfZQ==\r\nbmJhaG4=", "Straßenbahn"),
        (b"base64", b"U3RyYcOfZQ== Fusszeile der Liste", "Straße"),
        (b"base64", "doch nur Wörter".encode(), "doch nur Wörter"),
        (b"x-uuencode", b"begin 644 a.txt\r\n&4W1R87-S\r\n`\r\nend\r\n", "Strass"),
        (b"uuencode", b"kein Anfang", "kein Anfang"),
        (b"8bit", "ü".encode(), "ü"),
        (b"erfunden", "ü".encode(), "ü"),
    ],
)
def test_broken_encodings_are_read_as_far_as_they_go(encoding: bytes, written: bytes, text: str) -> None:
    """Content is freed of its transfer encoding, also where padding, alphabet or the encoding itself is wrong."""
    assert read(HEAD + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + written).text == text.strip()


@pytest.mark.parametrize(
    ("parameters", "written", "text"),
    [
        (b"format=flowed", b"Ein Satz, \r\nder weitergeht.\r\nNeu.", "Ein Satz, der weitergeht.\nNeu."),
        (b"format=flowed; delsp=yes", b"Stra \r\n\xc3\x9fe", "Straße"),
        (b"format=flowed", b"> alt \r\n> und mehr \r\nneu", "> alt und mehr \nneu"),
        (b"format=flowed", b"Text \r\n-- \r\nErika", "Text \n-- \nErika"),
        (b"format=flowed", b" >kein Zitat", ">kein Zitat"),
        (b"format=fixed", b"Ein Satz, \r\nbleibt.", "Ein Satz, \nbleibt."),
    ],
)
def test_flowing_lines_become_paragraphs(parameters: bytes, written: bytes, text: str) -> None:
    """RFC 3676: a blank at the end says that the line goes on; quotes, signatures and stuffing are told from it."""
    assert read(HEAD + PLAIN + b"; charset=utf-8; " + parameters + b"\r\n\r\n" + written).text == text


def test_a_page_names_its_charset_itself() -> None:
    """Where the mail does not declare a charset, the HTML's own declaration counts."""
    page = "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'><p>дорога".encode("koi8-r")
    assert read(HEAD + HTML + b"\r\n\r\n" + page).text == "дорога"


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00", b"Content-Type: multipart/mixed\r\n\r\n", b"\xff" * 100])
def test_nothing_is_no_error(raw: bytes) -> None:
    """A mail without header, text or parts has an empty reading."""
    mail = mime.parse(raw)
    assert (mime.author(mail), mime.header(mail, "subject"), mime.body(mail).attachments) == (None, "", ())


def test_a_media_type_may_lack_its_semicolon() -> None:
    """What follows the type without a semicolon does not make it another one."""
    assert read(b"From: a@example.org\r\nContent-Type: text/plain charset=utf-8\r\n\r\nText").text == "Text"


def test_html_alone_is_read_as_text() -> None:
    """A mail of HTML only has no plain source, and its visible words are its text."""
    body = read(html("<p>Stra&szlig;e"))
    assert (body.text, body.plain) == ("Straße", "")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the collection of real mails is not here")
def test_real_mails_are_read_without_an_error() -> None:
    """Every file of a collection of real and broken mails has a reading."""
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert len([read(path.read_bytes()) for path in files]) > 1000


@pytest.mark.parametrize("charset", [b"undefined", b"klingonisch", b"a\x00b", b"punycode"])
def test_a_lying_charset_does_not_break_the_tree(charset: bytes) -> None:
    """Whoever walks the tree with the library's own methods gets each part's bytes, whatever charset it names."""
    mail = mime.parse(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nStra\xdfe")
    assert isinstance(mail.get_payload(), str)
    assert mail.get_payload(decode=True) == b"Stra\xdfe"

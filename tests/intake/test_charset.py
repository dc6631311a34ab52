"""Bytes to text: declared rightly, wrongly, or not at all."""

from __future__ import annotations

import time

import pytest

from tests.intake.mails import plain, read


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
@pytest.mark.parametrize("words", ["Fußgänger möchten über die Straße, auch Größere.", "Größe", "Überall Müll"])
def test_umlauts_survive_every_declaration(charset: str, encoding: str, words: str) -> None:
    """Declared rightly, wrongly, unknown, impossible, or not at all, in a sentence or a word: the words arrive."""
    assert read(plain(charset, words.encode(encoding))).text == words


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Prosím o cyklostezku mezi školou a nádražím, příští týden", "cp1250"),
        ("Proszę o ścieżkę rowerową między szkołą a dworcem", "cp1250"),
        ("Je voudrais une piste cyclable près de l'école, très bientôt", "cp1252"),
        ("Здравствуйте, постройте велосипедную дорожку", "cp1251"),
        ("Здравствуйте, постройте велосипедную дорожку", "koi8_r"),
        ("您好这封信如果影响到您的生活和工作", "gb18030"),
        ("مرحبا، أريد مسارا للدراجات قرب المدرسة", "cp1256"),
    ],
)
def test_neighbours_and_newcomers_are_read_without_a_declaration(words: str, encoding: str) -> None:
    """Languages spoken here are recognised by what their bytes would say."""
    assert read(plain("", words.encode(encoding))).text == words


def test_quotation_marks_of_windows_are_no_umlauts() -> None:
    """Undeclared Windows text without umlauts is not taken for DOS, whose ä is a quotation mark there."""
    words = "Bitte „mehr Licht“ am Weg … 5 € reichen”"
    assert read(plain("", words.encode("cp1252"))).text == words


def test_one_broken_byte_does_not_break_the_others() -> None:
    """UTF-8 with a lost byte, or with a footer in Latin-1, keeps its umlauts."""
    assert read(plain("utf-8", "Größe, Straße, \xfcber ".encode() + b"f\xfcr")).text == "Größe, Straße, über für"


def test_japanese_charsets_are_believed() -> None:
    """A charset of seven-bit bytes is read as declared, though its bytes are valid UTF-8 as well."""
    assert read(plain("iso-2022-jp", "一覧をアップ".encode("iso-2022-jp"))).text == "一覧をアップ"
    assert read(plain("iso-2022-jp", b"\x1b$B-!#1\x1b(B")).text == "①１"


@pytest.mark.parametrize("charset", ["utf-7", "UTF7", "u7", "unicode-1-1-utf-7"])
def test_utf_7_hides_no_markup(charset: str) -> None:
    """UTF-7 is read where it writes letters; what would be markup, a control or half a character stays as it was."""
    written = b"Fr+APY-sche +ACI-1+-1+ACI- +ADw-script+AD4- +2D0- +AAo- a+b"
    assert read(plain(charset, written)).text == 'Frösche "1+1" +ADw-script+AD4- +2D0- +AAo- a+b'


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "punycode", "idna"])
def test_charsets_of_python_are_none_of_mail(charset: str) -> None:
    """Python's own codecs stay the plain characters that every check sees."""
    text = r"\u003cb\u003e \ud800 a-b"
    assert read(plain(charset, text.encode())).text == text


@pytest.mark.parametrize("charset", ["", "utf-8", "utf-7", "iso-2022-jp", "gb2312", "utf-16"])
@pytest.mark.parametrize("content", [b"\xff", b"a\xfc", b"\xc3\xbc\xfc", b"+A", b"\x1b$B\xff"])
def test_hostile_bytes_are_text_in_bounded_time(charset: str, content: bytes) -> None:
    """A million bytes of the worst are text within seconds, without a lone surrogate."""
    began = time.process_time()
    read(plain(charset, content * (1_000_000 // len(content)))).text.encode()
    assert time.process_time() - began < 3

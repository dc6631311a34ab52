"""The mails of a corpus with what is expected of each; the corpus itself lies outside of the project."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

# Expectations that are wrong in themselves, by the id of their row, each with the reason.
FAULTS = {
    "flufl.bounce-165": "the same mail as flufl.bounce-166, which rightly expects an address",
    "flufl.bounce-167": "a person's mail that was a trap for a parser, and no bounce",
    "flufl.bounce-204": "an autoresponder's mail that was a trap for a parser, and no bounce",
    "sisimai-255": "the notice of a delivery that succeeded",
    "sisimai-749": "the notice of deliveries that succeeded",
    "stalwart-988": "the expected subject has replacement characters for umlauts that can be read",
    "stalwart-993": "the expected subject has replacement characters for umlauts that can be read",
    "stalwart-999": "the expected text has replacement characters for umlauts that can be read",
    "stalwart-1000": "the expected text is mojibake: Latin-1 read as Chinese",
    "stalwart-1018": "the expected subject and text have replacement characters for umlauts that can be read",
    "talon-961": "the expected text keeps a telephone's footer, which nobody wrote",
    "zammad-17": "the expected subject and text are UTF-7 that nobody has decoded",
    "zammad-20": "the end of the expected text is mojibake: UTF-8 read as Central European",
    "zammad-53": "no text is expected, though the mail says something",
    "zammad-57": "the expected text is mojibake",
    "zammad-70": "the expected text is mojibake: Latin-1 read as Central European",
}

SAME_TEXT = 0.95
_NO_TEXT = "no visible content"  # what one of the programs says of a mail without text
_LINK = re.compile(r"<\s*https?:[^<>\s]*\s*>")  # a link's target beside its text is neither right nor wrong
_BREAK = re.compile(
    r"</?(?:address|blockquote|br|dd|div|dt|h\d|hr|li|ol|p|pre|table|td|th|tr|ul)\b[^>]*>", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]*>")
_UMLAUT_WORD = re.compile(r"\w*[äöüÄÖÜß]\w*")
_HUMAN_SOURCES = frozenset({"zammad", "stalwart", "spamassassin"})
# Failure notices in the folders of people's mail; their rows do not say so.
_NOT_HUMAN = {"zammad-17": "bounce", "zammad-51": "bounce", "zammad-61": "bounce", "zammad-77": "bounce"}
_NO_MAILS = frozenset({"SOURCE_LICENSE", "README.md", "SOURCES.md", "expected.jsonl"})


@dataclass(frozen=True, slots=True)
class Case:
    """A mail and what is expected of its reading; None where the corpus says nothing.

    `nature` is what the mail is: bounce, auto-reply, human or "" (a program's mail that is neither, or unknown).
    """

    id: str
    raw: bytes
    nature: str = ""
    sender: str | None = None
    subject: str | None = None
    body: str | None = None
    umlaut_words: frozenset[str] = frozenset()
    attachments: int | None = None
    reply_text: str | None = None
    german: bool = False
    bounced: frozenset[str] | None = None
    bounced_count: int | None = None

    def bounced_are(self, addresses: Sequence[str]) -> bool:
        """Whether these are the addresses that are expected, or as many as are expected."""
        if self.bounced is not None:
            return set(addresses) == self.bounced
        return len(addresses) == self.bounced_count


def cases(corpus: Path) -> Iterator[Case]:
    """The mails that have a row; a row without its file is left out."""
    for row in _rows(corpus):
        if (corpus / row["file"]).is_file():
            yield _case(row, (corpus / row["file"]).read_bytes())


def unexpected_files(corpus: Path) -> Iterator[Case]:
    """The files without a row: nothing is expected of them but that they can be read."""
    expected = {row["file"] for row in _rows(corpus)}
    for file in sorted(path for path in corpus.rglob("*") if path.is_file() and path.name not in _NO_MAILS):
        name = file.relative_to(corpus).as_posix()
        if name not in expected:
            yield Case(name, file.read_bytes())


def one_line(text: str) -> str:
    """The text with single blanks for whatever white space it has."""
    return " ".join(text.split())


def words(text: str) -> list[str]:
    """The words of a text, without punctuation and white space."""
    return re.findall(r"\w+", text)


def umlaut_words(text: str) -> frozenset[str]:
    """The words with umlauts or sharp s."""
    return frozenset(_UMLAUT_WORD.findall(text))


def overlap(expected: str, seen: str) -> float:
    """How much two texts have in common: the Dice coefficient of their words, 1.0 for the same words."""
    one, other = (Counter(words(_LINK.sub(" ", text))) for text in (expected, seen))
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def is_kept(expected: Sequence[str], seen: Sequence[str]) -> bool:
    """Whether all expected words are there in their order, whatever else is."""
    rest = iter(seen)
    return all(word in rest for word in expected)


def _rows(corpus: Path) -> list[dict[str, Any]]:
    lines = (corpus / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _case(row: dict[str, Any], raw: bytes) -> Case:
    body, sender, subject = _body(row), row.get("from"), row.get("subject")
    reply = row.get("reply_text", row.get("reply_text_html"))
    bounced = row.get("bounced")
    return Case(
        id=row["id"],
        raw=_mail(row, raw),
        nature=_nature(row),
        sender=sender.lower().strip('"') if sender else None,
        subject=one_line(subject) if subject is not None else None,
        body=body,
        umlaut_words=umlaut_words(f"{subject or ''}\n{body or ''}"),
        attachments=_attachments(row),
        reply_text=reply,
        german=row.get("lang") == "de",
        bounced=frozenset(address.lower() for address in bounced) if bounced is not None else None,
        bounced_count=row.get("n_bounced"),
    )


def _body(row: dict[str, Any]) -> str | None:
    text, html = row.get("body_text"), row.get("body_html")
    if text is None and html is not None:
        text = unescape(_TAG.sub("", _BREAK.sub(" ", html)))
    return "" if text == _NO_TEXT else text


def _mail(row: dict[str, Any], raw: bytes) -> bytes:
    """The mail itself; what is only a body there becomes the body of a mail."""
    if row.get("input_text"):
        media_type = "text/plain"
    elif row["file"].endswith(".html"):
        media_type = "text/html"
    else:
        return raw
    header = f"From: a@example.net\nSubject: Re: b\nMIME-Version: 1.0\nContent-Type: {media_type}; charset=utf-8\n"
    return header.encode() + b"Content-Transfer-Encoding: 8bit\n\n" + raw


def _nature(row: dict[str, Any]) -> str:
    if row["id"] in _NOT_HUMAN:
        return _NOT_HUMAN[row["id"]]
    if row.get("is_auto_reply"):
        return "auto-reply"
    if row.get("is_bounce"):
        return "bounce"
    return "human" if row["source"] in _HUMAN_SOURCES else ""


def _attachments(row: dict[str, Any]) -> int | None:
    if "n_attachments_zammad" in row:
        # That program files the HTML of a mail as an attachment of its own.
        return int(row["n_attachments_zammad"]) - list(row["attachment_names"]).count("message.html")
    return int(row["n_attachments"]) if "n_attachments" in row else None

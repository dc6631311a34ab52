"""Rule: addresses and numbers below the closing words and the name go; the closing words and the name stay."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re

from services.intake.email.reply.lines import LONGEST, Lines, is_blank, is_postscript, is_quoted, is_sentence

_MOST_LINES = 25
_NUMBER = r"[+(]?\d[\d\s()/.\-–]{4,24}\d"
_LABEL = (
    r"tel|telefon|fon|phone|mobil|mobile|handy|cell|fax|telefax|festnetz|durchwahl|e-?mail|mail|web|www|internet|"
    r"homepage|website|url|direct|office|büro|privat|t|m|f|e|w|p|skype|signal|threema|whatsapp"
)
_LABELLED = re.compile(
    rf"\W{{0,4}}(?:{_LABEL})(?:\.?\s?[:/]\s?|\.?\s|\.)(?:{_NUMBER}|\S+@\S+|https?:|www\.|\S+\.[a-z]{{2,}})",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(rf"\W{{0,4}}{_NUMBER}\W{{0,4}}")
_REACHABLE = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[a-z]{2,}|https?://\S+|\bwww\.\S+", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[\w.+-]@\w")
_STREET = re.compile(
    r"(?:[A-ZÄÖÜ][\w.\-]*(?: |-))?[\w.\-]*(?:str(?:aße|asse|\.)|weg|platz|allee|gasse|ring|ufer|damm|markt|chaussee|"
    r"steig|pfad|hof|berg|graben|wall|tor|garten|street|road|avenue|lane|st\.|"
    r"rd\.)\s\d{1,4}\s?[a-z]?(?:\s?[-–/]\s?\d{1,4}\s?[a-z]?)?(?:\W{1,4}(?:[DAL]-|"
    r"CH-)?\d{4,5}\s[A-ZÄÖÜ][\w\s()./\-]{1,40})?",
    re.IGNORECASE,
)
_TOWN = re.compile(r"(?:(?:[DAL]|CH)\s?[-–]\s?)?\d{4,5}\s[A-ZÄÖÜ][\w()./\- ]{1,40}")
_POST_BOX = re.compile(r"(?:postfach|p\. ?o\. ?box)\b.{0,40}", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:(?:mit )?(?:(?:ganz |den |einen )?(?:freundlich|best|viel|lieb|herzlich|schön|sonnig|nett|kollegial|"
    r"solidarisch|fröhlich|adventlich|weihnachtlich)\w{0,3},? (?:und \w+ )?){1,2}(?:gr[uü](?:ß|ss)\w{0,2}|"
    r"wünsche\w?)|(?:mfg|vg|lg|bg|hg|glg|mvh)\b|gr[uü](?:ß|ss)e?\b|hochachtungsvoll|(?:vielen |herzlichen |"
    r"besten )?dank\b|danke\b|(?:ihr|ihre|euer|eure|dein|deine)\b(?= [A-ZÄÖÜ]|$)|(?:kind|best|warm|"
    r"many)\s?(?:regards|wishes|thanks)|regards|thanks|thank you|cheers|sincerely|yours (?:sincerely|faithfully|"
    r"truly)|best,|cordialement|bien à vous|saludos|un saludo|atentamente|cordiali saluti|distinti saluti|"
    r"met vriendelijke groet\w*|groeten|med vänlig\w? hälsning\w*|(?:med )?venlig hilsen|hilsen|pozdrawiam|"
    r"z poważaniem|s pozdravem|atenciosamente|üdvözlettel|с уважением)",
    re.IGNORECASE,
)
_THANKS = re.compile(r"(?:vielen |herzlichen |besten )?dank|thank", re.IGNORECASE)
_MOST_CLOSING_WORDS = 7


def without_contact(lines: Lines) -> Lines:
    """The lines without those that say where the writer can be reached, where these end the mail."""
    closing = _closing(lines)
    if closing is None:
        return lines
    stop = next((at for at in range(closing + 1, len(lines)) if is_postscript(lines[at])), len(lines))
    block = tuple(line for line in lines[closing + 1 : stop] if not is_blank(line))
    if not _is_signature(block) or (_THANKS.match(lines[closing].strip()) and not any(map(names_address, block))):
        return lines
    first = next(at for at in range(closing + 1, stop) if is_contact(lines[at]))
    return (*lines[:first], *(("",) if stop < len(lines) else ()), *lines[stop:])


def is_contact(line: str) -> bool:
    """Whether the line says where somebody can be reached, and nothing else."""
    line = line.strip()
    if not line or len(line) > LONGEST // 2:
        return False
    if any(form.fullmatch(line) for form in (_BARE_NUMBER, _STREET, _TOWN, _POST_BOX)) or _LABELLED.match(line):
        return len(line.split()) <= 16
    rest = _REACHABLE.sub("", line)
    return rest != line and len(rest.split()) <= 4 and not is_sentence(rest)


def names_address(line: str) -> bool:
    """Whether the line gives an e-mail address or a number that is called one."""
    return bool(_MAIL_ADDRESS.search(line)) or bool(_LABELLED.match(line.strip()[:LONGEST]))


def is_closing(line: str) -> bool:
    """Whether the line is made of closing words, with or without a name behind them."""
    line = line.strip()
    return len(line) < LONGEST // 4 and len(line.split()) <= _MOST_CLOSING_WORDS and bool(_CLOSING.match(line))


def _is_signature(block: Lines) -> bool:
    said = any(is_quoted(line) or (is_sentence(line) and not is_contact(line)) for line in block)
    return not said and len(block) <= _MOST_LINES and any(map(is_contact, block))


def _closing(lines: Lines) -> int | None:
    """The last line of closing words."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 4 * _MOST_LINES), -1):
        if is_closing(lines[at]):
            return None if is_contact(lines[at]) else at
    return None

"""Rule: what organisations and gateways put around each mail goes: confidentiality, register, environment, virus."""

from __future__ import annotations

import re
from itertools import islice

from services.intake.email.reply.lines import Lines, is_blank, is_quoted, is_rule, paragraphs_from_end, trimmed

_LONGEST = 6_000
_MOST_PARAGRAPHS = 12
_MOST_LINES = 40
_THIS_MAIL = re.compile(
    r"(?:diese|dieser|this|the|ce|questo|este|dit|denna|denne)[\w\s/()-]{0,20}(?:e-?mail|mail|nachricht|message|"
    r"messaggio|mensaje|mensagem|bericht|courriel|communication|transmission|information)",
    re.IGNORECASE,
)
_ADDRESSEE = re.compile(
    r"adressat|empfänger|recipient|addressee|addressed|intended|destinat|geadresseerde|mottagare|modtager|irrtümlich|"
    r"in error|by mistake|par erreur|per errore|por error",
    re.IGNORECASE,
)
_SIGNS = (
    re.compile(
        r"vertraulich|confidential|riservat|confidencial|confidentiel|vertrouwelijk|fortrolig|konfidentiell",
        re.IGNORECASE,
    ),
    _ADDRESSEE,
    re.compile(
        r"irrtümlich|versehentlich|fälschlich|in error|by mistake|par erreur|per errore|por error|ten onrechte",
        re.IGNORECASE,
    ),
    re.compile(r"vernichten|löschen|delete|destroy|supprim|cancell|elimin|verwijder|radera|slet", re.IGNORECASE),
    re.compile(
        r"unbefugt|unerlaubt|nicht gestattet|untersagt|unauthori[sz]ed|prohibited|not permitted|interdit|vietat",
        re.IGNORECASE,
    ),
    re.compile(r"rechtlich geschützt|privileged|haftung|liab|rechtsverbindlich|legally binding", re.IGNORECASE),
    re.compile(
        r"weitergabe|vervielfältig|kopier|copying|disclos|distribut|disseminat|veröffentlich|offenleg|copiare",
        re.IGNORECASE,
    ),
    re.compile(r"benachrichtigen|informieren sie|notify|inform the sender|prévenir|restituir", re.IGNORECASE),
)
_ENOUGH_SIGNS = 3
_PLAIN = re.compile(
    r"(?:p\s)?(?:please|kindly)?\s?(?:consider|think of|think about) (?:the|your) environment.{0,20}print|"
    r"before (?:you )?print.{0,60}environment|pensez à l.environnement|(?:der )?umwelt zuliebe.{0,80}druck|"
    r"(?:bitte )?(?:denken|prüfen|schonen|schützen|überlegen|berücksichtigen|helfen|drucken) sie.{0,100}(?:(?:mail|"
    r"nachricht).{0,60}druck|druck.{0,60}(?:mail|nachricht))|(?:(?:diese )?e-?mail ist )?virenfrei|virus[- ]?free|"
    r"questo messaggio.{0,30}analizzato|(?:diese|this|the) (?:e-?mail|nachricht|message|mail)\b.{0,80}(?:geprüft|"
    r"überprüft|checked|scanned)|(?:(?:hinweise|informationen|information)\s(?:zum|zur|zu|über|on)|"
    r"(?:unsere )?datenschutz(?:hinweis|erklärung|"
    r"inform)).{0,160}(?:https?:|www\.)|you received this (?:message|e-?mail) because|you are receiving this|"
    r"to unsubscribe from this|sie erhalten diese (?:e-?mail|nachricht), weil|reply to this e-?mail directly or|"
    r"[\w-]{1,60} (?:mailing ?list|mailingliste)\s(?:--\s)?\S{1,80}@",
    re.IGNORECASE,
)
_REGISTER = re.compile(
    r"geschäftsführ\w*\s?:|vorstand\s?:|vorsitz[\w ]{0,40}:|sitz der gesellschaft|registergericht|"
    r"handelsregister\w*\s?:|amtsgericht \w+,? (?:hr[ab]|vr)|\bhr[ab]\s?-?\d|vereinsregister\w*\s?:|ust\.?-?\s?id|"
    r"umsatzsteuer-?id|steuer-?n(?:umme)?r\.?\s?:|registered (?:office|in)|company (?:no|number|registration)|"
    r"vat (?:no|id|reg)",
    re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"[\W_]{0,8}(?:diese|dieser|die in|die informationen|der inhalt|dies ist|this|the (?:information|content)|if you|"
    r"sollten sie|wenn sie|confidential|vertraulich|privileged|ce |le présent|les informations|questo|"
    r"le informazioni|este|dit |de informatie|denna|denne|important|wichtig|rechtlicher|hinweis|disclaimer|haftung|"
    r"notice|legal|datenschutz|[\w&. -]{1,60}\b(?:gmbh|mbh|ag|kg|ug|se|ltd|inc|e\. ?v)\b)",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"\W{0,4}(?:wichtiger hinweis|disclaimer|haftungsausschluss|vertraulichkeitshinweis|rechtlicher hinweis|"
    r"confidentiality (?:notice|note)|important notice|legal notice|datenschutzhinweis)\w*\W{0,4}",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\W{0,4}(?:caution|warning|achtung|warnung|vorsicht|attention|external|externe?r? (?:e-?mail|mail|absender)|"
    r"hinweis|(?:diese|this) (?:e-?mail|mail|nachricht|message)|you)\b.{0,120}(?:outside (?:of )?(?:the|your|this|"
    r"our)|(?:from|an) external|external (?:e-?mail|sender)|extern\w* (?:e-?mail|mail|absender|nachricht|quelle)|"
    r"von extern|außerhalb (?:der|ihrer|unserer|des)|don.t often get e-?mail from)",
    re.IGNORECASE,
)
_NAMES_MAIL = re.compile(r"e-?mail|\bmail|nachricht|message|absender|sender", re.IGNORECASE)
_OF_A_PERSON = re.compile(r"\b(?:ich|mich|mir|meine?[mnrs]?|my|me|i)\b", re.IGNORECASE)


def without_disclaimers(lines: Lines) -> Lines:
    """The lines without such paragraphs at their end, and without a gateway's warning at their beginning."""
    lines = _without_banner(trimmed(lines))
    below: Lines = ()  # what may end a disclaimer that begins above
    for start, stop in islice(paragraphs_from_end(lines), _MOST_PARAGRAPHS):
        paragraph = (*lines[start:stop], *below)
        if any(is_quoted(line) for line in paragraph):
            break
        cut = _first_of_disclaimer(paragraph, stop - start)
        if cut is not None:
            lines, below = lines[: start + cut], ()
        elif all(map(is_rule, paragraph)) or _may_go_on(paragraph):
            below = paragraph
        else:
            break
    return trimmed(lines)


def _without_banner(lines: Lines) -> Lines:
    stop = next((at for at, line in enumerate(lines) if is_blank(line) or is_rule(line)), len(lines))
    text = " ".join(lines[:stop])
    is_banner = _BANNER.match(text) and _NAMES_MAIL.search(text) and not _OF_A_PERSON.search(text)
    if is_banner and len(text) <= _LONGEST // 6:
        return trimmed(lines[stop + 1 :])
    return lines


def _may_go_on(paragraph: Lines) -> bool:
    """Whether the paragraph speaks as disclaimers do, though not enough to be one by itself."""
    text = " ".join(paragraph)
    return len(text) <= _LONGEST // 2 and not _OF_A_PERSON.search(text) and any(sign.search(text) for sign in _SIGNS)


def _first_of_disclaimer(paragraph: Lines, most: int) -> int | None:
    """The number of the line, one of the first `most`, where the disclaimer begins that goes on to the end; or None."""
    for at, line in enumerate(paragraph[: min(most, _MOST_LINES)]):
        plain = _PLAIN.match(" ".join(paragraph[at : at + 2]).strip()[:200])
        begins = plain or _BEGINNING.match(line) or _REGISTER.search(line[:200])
        if begins and _is_disclaimer(" ".join(paragraph[at:])):
            return at
    return None


def _is_disclaimer(text: str) -> bool:
    text = text[:_LONGEST].strip(" \t*_-=#<>|")
    if _PLAIN.match(text[:400]) or _HEADING.fullmatch(text[:100]):
        return len(text) <= _LONGEST // 5
    signs = sum(1 for sign in _SIGNS if sign.search(text))
    of_mail = _THIS_MAIL.search(text) and _ADDRESSEE.search(text)
    return (signs >= _ENOUGH_SIGNS and bool(of_mail)) or len(_REGISTER.findall(text)) >= 2

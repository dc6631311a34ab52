"""The line that says that another mail follows: "-----Ursprüngliche Nachricht-----", "Begin forwarded message:"."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re

from services.intake.email.reply.lines import ANOTHER_MAIL, is_between_arrows

_LONGEST = 120
_MOST_WORDS = 5
_OTHER_MAIL = (
    r"original|urspr.{1,4}ngl|weitergeleitet|weiterleitung|forward|fwd|transféré|transmis|origine|reenviad|"
    r"encaminhad|inoltrat|doorgestuurd|oorspronkelijk|vidarebefordra|videresend|oprindelig|opprinnelig|alkuperäinen|"
    r"välitetty|przekazan|przesłan|przekazywan|oryginaln|původní|přeposlan|pôvodn|preposlan|eredeti|továbbított|"
    r"iletilen|özgün|orijinal|исходн|пересыл|переслан|переадрес|оригинал|αρχικό|προωθη|redirecționat|redirectionat|"
    r"izvorna|proslijeđen|posredovan|edastatud|元の|転送|转发|轉寄|轉發|原始|원본|전달|הודעה|الأصلية"
)
_OF_OTHER_MAIL = re.compile(_OTHER_MAIL, re.IGNORECASE)
_BETWEEN_DASHES = re.compile(r"[-_=‐–—─]{2,}[^-_=‐–—─].*[^-_=‐–—─][-_=‐–—─]{2,}")
_MESSAGE = (
    r"nachricht|e-?mail|mail|message|mensaje|mensagem|messaggio|bericht|brev|meddelande|besked|meddelelse|melding|"
    r"viesti|wiadomoś|zpráv|správ|üzenet|mesaj|ileti|сообщени|повідомлен|μήνυμα|メッセージ|邮件|郵件|메시지|termin|"
    r"appointment"
)
_TITLE = re.compile(rf"(?:\w+\W{{1,3}}){{0,2}}(?:{_OTHER_MAIL})\w*\W{{0,3}}(?:{_MESSAGE})\w*\W{{0,3}}", re.IGNORECASE)
# The words of Apple Mail, which draws no line.
_BEGINNING = re.compile(
    r"anfang der weitergeleiteten|begin forwarded|début du message|inicio del mensaje|início da mensagem|"
    r"inizio(?: del)? messaggio|begin doorgestuurd|början på vidarebefordrat|start på videresendt|"
    r"początek przekazywanej|välitetty viesti alkaa|начало пере|začátek přeposl|začiatok preposl|"
    r"továbbított levél kezdete|iletilen ileti başl|下面是被转发的邮件|以下是轉寄的|転送されたメッセージ|"
    r"전달된 메시지",
    re.IGNORECASE,
)
# The line that ticket systems ask to answer above.
_ANSWER_ABOVE = re.compile(
    r"(?:\w+\W{1,3}){0,5}(?:reply|respond|antwort\w*)\b.{0,20}\b(?:above|über|oberhalb)\b.{0,20}"
    r"\b(?:line|zeile|linie)\b.{0,20}",
    re.IGNORECASE,
)


def is_separator(line: str) -> bool:
    """Whether the line stands between the person's text and another mail."""
    if len(line) > _LONGEST:
        return False
    if is_between_arrows(line):
        return True
    bare = line.strip(" \t>*")
    if bare.endswith((":", "：")):
        return bool(_BEGINNING.match(bare))
    if _ANSWER_ABOVE.fullmatch(bare.strip("#-_=~ ")) and bare[:1] in "#-_=~":
        return True
    return bare == ANOTHER_MAIL or bool(_BETWEEN_DASHES.fullmatch(bare) and _OF_OTHER_MAIL.search(bare))


def is_title(line: str) -> bool:
    """Whether the line names another mail, as it may stand above that mail's header."""
    bare = line[:_LONGEST].strip(" \t>*-_=")
    return len(bare.split()) <= _MOST_WORDS and bool(_TITLE.fullmatch(bare))

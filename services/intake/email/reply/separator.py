"""The line that says that another mail follows: "-----Ursprüngliche Nachricht-----", "Begin forwarded message:"."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re

from services.intake.email.reply.lines import ANOTHER_MAIL, is_between_arrows

_LONGEST = 120
_MOST_WORDS = 8
_OTHER_MAIL = (
    r"original|urspr.{1,4}ngl|weitergeleitet|weiterleitung|forward|fwd|transféré|transmis|origine|reenviad|"
    r"encaminhad|inoltrat|doorgestuurd|oorspronkelijk|vidarebefordra|videresend|oprindelig|opprinnelig|alkuperäinen|"
    r"välitetty|przekazan|przesłan|przekazywan|oryginaln|původní|přeposlan|pôvodn|preposlan|eredeti|"
    r"továbbított|iletilen|"
    r"özgün|orijinal|исходн|пересыл|переслан|переадрес|оригинал|αρχικό|προωθη|redirecționat|redirectionat|izvorna|"
    r"proslijeđen|posredovan|edastatud|元の|転送|转发|轉寄|轉發|原始|원본|전달|הודעה|الأصلية"
)
_OF_OTHER_MAIL = re.compile(_OTHER_MAIL, re.IGNORECASE)
_BETWEEN_DASHES = re.compile(r"[-_=–—─]{2,}[^-_=–—─].*[^-_=–—─][-_=–—─]{2,}")
_MESSAGE = (
    r"nachricht|e-?mail|mail|message|mensaje|mensagem|messaggio|bericht|brev|meddelande|besked|"
    r"meddelelse|melding|viesti|"
    r"wiadomoś|zpráv|správ|üzenet|mesaj|ileti|сообщени|повідомлен|μήνυμα|メッセージ|邮件|郵件|메시지|termin|appointment"
)
_SPOKEN = re.compile(
    rf"(?:anfang|begin|start|début|inicio|início|inizio|początek)?\W{{0,3}}(?:\w+\W{{1,3}}){{0,3}}"
    rf"(?:(?:{_OTHER_MAIL})\w*\W{{1,3}}(?:\w+\W{{1,3}})?(?:{_MESSAGE})\w*|"
    rf"(?:{_MESSAGE})\w*\W{{1,3}}(?:{_OTHER_MAIL})\w*)"
    r"(?:\s(?:alkaa|follows|folgt))?\s?[:：]?",
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
        return is_title(bare)
    return bare == ANOTHER_MAIL or bool(_BETWEEN_DASHES.fullmatch(bare) and _OF_OTHER_MAIL.search(bare))


def is_title(line: str) -> bool:
    """Whether the line names another mail, as it stands above that mail's header."""
    bare = line[:_LONGEST].strip(" \t>*-_=")
    return 0 < len(bare) <= _LONGEST // 2 and len(bare.split()) <= _MOST_WORDS and bool(_SPOKEN.fullmatch(bare))

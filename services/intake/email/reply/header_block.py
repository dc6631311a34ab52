"""The header of another mail as programs copy it into the text: From, Sent, To, Subject, in many languages."""

# ruff: noqa: RUF001 - words of other scripts and dashes of all lengths are meant

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from services.intake.email.reply.lines import LONGEST, is_blank


class Field(Enum):
    """What a line of such a header tells."""

    FROM = auto()
    DATE = auto()
    TO = auto()
    SUBJECT = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The lines from `start` to before `stop`; unless it is `of_program`, a person may have set it above a letter."""

    start: int
    stop: int
    of_program: bool


_NAMES = {
    Field.FROM: (
        "from|von|absender|de|expéditeur|da|mittente|remitente|remetente|van|afzender|från|fra|frå|lähettäjä|od|"
        "nadawca|odesílatel|odosielateľ|feladó|de la|expeditor|от|отправитель|від|από|kimden|gönderen|pošiljatelj|"
        "šalje|dari|từ|saatja|no|nuo|差出人|发件人|寄件者|寄件人|보낸 사람|보낸사람|מאת|من|จาก"
    ),
    Field.DATE: (
        "date|sent|sent at|sent on|creation date|datum|datum/uhrzeit|gesendet|gesendet am|verschickt|versendet|"
        "envoyé|envoyé le|date d'envoi|data|inviato|fecha|enviado|enviado el|enviado em|enviada|enviada em|verzonden|"
        "datum verzonden|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|odesláno|odoslané|dátum|elküldve|"
        "küldve|trimis|отправлено|дата|надіслано|στάλθηκε|ημερομηνία|gönderildi|gönderilme tarihi|tarih|poslano|"
        "tanggal|dikirim|đã gửi|ngày|saadetud|送信日時|日付|发送时间|发送日期|日期|寄件日期|傳送時間|보낸 날짜|날짜|"
        "נשלח|תאריך|تاريخ|التاريخ|تم الإرسال|изпратено|보낸 시간"
    ),
    Field.TO: (
        "to|an|empfänger|à|a|destinataire|para|aan|ontvanger|till|til|vastaanottaja|do|komu|címzett|către|catre|кому|"
        "до|προς|kime|alıcı|kepada|đến|tới|saaja|prima|kam|za|宛先|收件人|收件者|받는 사람|받는사람|אל|إلى"
    ),
    Field.SUBJECT: (
        "subject|betreff|betr.|objet|oggetto|asunto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|subiect|"
        "тема|θέμα|konu|zadeva|perihal|subjek|chủ đề|teema|относно|件名|主题|主旨|主題|제목|נושא|الموضوع"
    ),
    Field.OTHER: (
        "cc|bcc|sent by|gesendet von|"
        "kopie|kopia|copie|copie à|copia|cópia|kopi|kopio|másolatot kap|копия|копія|κοιν|bilgi|抄送|副本|참조|"
        "reply-to|antwort an|risposta|rispondi a|répondre à|responder a|antwoord aan|svar til|svara till|importance|"
        "wichtigkeit|priority|priorität|importanza|attachments|anlage|anlagen|anhang|anhänge|pièces jointes|allegati|"
        "adjuntos|bijlagen|organisation|organization|newsgroups|message-id|nachrichten-id|in-reply-to|categories|"
        "kategorien|vertraulichkeit"
    ),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_MAIN = frozenset({Field.FROM, Field.DATE, Field.TO, Field.SUBJECT})
_LINE = re.compile(r"[\s*_>]{0,8}([^\W\d_][^:：*_\n]{0,24}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)")
_TIME = re.compile(r"(?<![\d.])\d{1,2}\s?[:.h]\s?\d{2}(?![.\d])")
_FARTHEST = 3  # lines that a long value goes on for, and empty lines between fields
_MOST_LINES = 40


def header_blocks(lines: Sequence[str]) -> Iterator[HeaderBlock]:
    """The headers of other mails within the lines, in their order."""
    after_last = 0
    for at, line in enumerate(lines):
        found = _field(line) if at >= after_last else None
        if found and found[0] in _MAIN:
            block = _beginning_at(lines, at)
            after_last = block.stop if block else at + 1
            if block:
                yield block


def _field(line: str) -> tuple[Field, str] | None:
    found = _LINE.match(line) if len(line) <= LONGEST * 4 else None
    field = _FIELDS.get(found[1].lower()) if found else None
    return (field, found[2]) if found and field else None


def _beginning_at(lines: Sequence[str], start: int) -> HeaderBlock | None:
    values: dict[Field, str] = {}
    last, at = start, start
    while at < min(len(lines), start + _MOST_LINES) and at - last <= _FARTHEST:
        found = _field(lines[at])
        if found and (found[0] is Field.OTHER or found[0] not in values):
            values[found[0]] = found[1]
            last = at
        elif found or (is_blank(lines[at]) and values.keys() >= _MAIN):
            break
        at += 1
    if not _is_header(values):
        return None
    return HeaderBlock(start, _end(lines, last), of_program=bool(_TIME.search(values.get(Field.DATE, ""))))


def _end(lines: Sequence[str], last: int) -> int:
    # The last field may be folded.
    after = last + 1
    while after < len(lines) and lines[after].startswith((" ", "\t")) and not is_blank(lines[after]):
        after += 1
        if after - last > _FARTHEST:
            break
    return after


def _is_header(values: dict[Field, str]) -> bool:
    """A person writes "Von: …" too; a program says when, and names an address or the minute."""
    if Field.FROM not in values or not (Field.TO in values or Field.SUBJECT in values):
        return False
    addressed = "@" in values[Field.FROM] or "@" in values.get(Field.TO, "")
    date = values.get(Field.DATE)
    if date is None:
        return addressed and Field.TO in values and Field.SUBJECT in values
    return any(map(str.isdigit, date)) and (addressed or bool(_TIME.search(date)))

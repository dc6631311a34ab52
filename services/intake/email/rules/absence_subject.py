"""Out-of-office notices: known by how mail programs begin their subject."""

from __future__ import annotations

import re

from services.intake.email.mime import header
from services.intake.email.rules.folded import folded, folded_phrases
from services.intake.email.rules.verdict import Evidence, MailKind, Verdict

_LONGEST = 200  # what a mail program puts in front is at the front
_SEPARATORS = (":", "(", "[", ")", "]", "- ", "=")
_TIME_OF_ABSENCE = re.compile(r"\s?(?:bis|vom|ab|until|till)\b\D{0,20}\d")
# Notes names its user, and says on what day to expect an answer.
_OF_NOTES = re.compile(r"(?:\S+ ){1,6}(?:is out of the office|ist ausser haus)\.?(?: ?\([^()]{1,60}\)\.?)?")
_PHRASES = folded_phrases("""
    Automatische Antwort | Automatische Rückantwort | Autoantwort | Auto-Antwort
    Automatische Abwesenheitsnotiz | Automatische Eingangsbestätigung | Abwesenheitsnotiz
    Abwesenheitsnachricht | Abwesenheitsmeldung | Abwesenheitsagent | Abwesenheitsassistent | Abwesenheitsinfo
    Abwesenheitsbenachrichtigung | Abwesenheit | Abwesend | nicht im Büro | nicht im Buero | bin nicht im Büro
    nicht im Haus | außer Haus | bin außer Haus | Urlaubsnotiz | Urlaubsmeldung | Urlaubsnachricht
    Urlaubsbenachrichtigung

    Automatic reply | Automatic response | Automated reply | Automated response | Auto reply | Auto-reply
    Autoreply | Auto response | Auto-response | Autoresponse | Autoresponder | Out of office | Out of the office
    Out-of-office | Out of office reply | Out of office autoreply | Out of office auto reply
    Out of office auto-reply | Out of office response | Out of office notification | Out of office notice
    Out of office message | OOO | OOF | I am out of office | I am out of the office | I'm out of the office
    Currently out of office | Currently out of the office | Vacation | Vacation reply | Vacation message
    Vacation notice | Vacation response | On vacation | Away from my mail | Away from my email
    Away from my desk | Away from the office

    Réponse automatique | Absence du bureau | Absent du bureau | Message d'absence | Respuesta automática
    Fuera de la oficina | Fuera de oficina | Resposta automática | Ausência temporária | Risposta automatica
    Fuori sede | Fuori ufficio | Automatisch antwoord | Automatische reactie | Automatische beantwoording
    Afwezig | Afwezigheidsbericht | Niet op kantoor | Automatická odpověď | Automatická odpoveď | Nepřítomnost
    Nepřítomen | Neprítomnosť | Mimo kancelář | Odpowiedź automatyczna | Automatyczna odpowiedź | Autoodpowiedź
    Poza biurem | Nieobecność | Autosvar | Automatisk svar | Automaattinen vastaus | Poissa | Automatikus válasz
    Răspuns automat | Автоответ | Автоматический ответ | Нет на месте | Автоматична відповідь | Otomatik yanıt
    رد تلقائي | 自動応答 | 自動返信 | 不在通知 | 自动答复 | 自动回复
""")  # noqa: RUF001 - Cyrillic and Turkish letters are what they are


def absence_subject(seen: Evidence) -> Verdict | None:
    """An autoresponder's words in front and set apart, or alone: after Re: or within a subject a person wrote them."""
    subject = folded(header(seen.mail, "subject")[:_LONGEST]).lstrip("[(*#\"' ")
    begins = any(_is_set_apart(subject.removeprefix(phrase)) for phrase in _PHRASES if subject.startswith(phrase))
    if not begins and not _OF_NOTES.fullmatch(subject):
        return None
    return Verdict(MailKind.AUTO_REPLY, "absence-subject", "its subject begins as autoresponders begin theirs")


def _is_set_apart(rest: str) -> bool:
    rest = rest.lstrip(" \"'*!.")
    return not rest or rest.startswith(_SEPARATORS) or bool(_TIME_OF_ABSENCE.match(rest))

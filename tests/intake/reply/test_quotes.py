# ruff: noqa: RUF001 - the introductions are in many scripts
import pytest

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import OLDER, REPLY, quoted, wrapped

INTRODUCTIONS = """
Am 12.03.2026 um 14:05 schrieb Erika Muster:
Am 12.03.2026 um 14:05 schrieb Erika Muster <erika@example.org>:
Am 12.03.26 um 14:05 schrieb Erika Muster via Ideenkanal:
Am 12. März 2026 14:05:33 MEZ schrieb Erika Muster <erika@example.org>:
Am Do., 12. März 2026 um 14:05 Uhr schrieb Erika Muster <erika@example.org>:
Am Donnerstag, dem 12.03.2026 um 14:05 +0100 schrieb Erika Muster:
Am Donnerstag, 12. März 2026 um 14:05:11 MEZ hat Erika Muster <erika@example.org> Folgendes geschrieben:
Erika Muster <erika@example.org> schrieb am Do., 12. März 2026, 14:05:
Erika Muster <erika@example.org> hat am 12.03.2026 14:05 CET geschrieben:
12. März 2026, 14:05 von erika@example.org:
---- Am Do, 12 Mär 2026 14:05:00 +0100 Erika Muster <erika@example.org> schrieb ----
On Thu, Mar 12, 2026 at 2:05 PM Erika Muster <erika@example.org> wrote:
On Thursday, March 12th, 2026 at 2:05 PM, Erika Muster <erika@example.org> wrote:
2026-03-12 14:05 GMT+01:00 Erika Muster <erika@example.org>:
Le jeu. 12 mars 2026 à 14:05, Erika Muster <erika@example.org> a écrit :
El jue, 12 mar 2026 a las 14:05, Erika Muster (<erika@example.org>) escribió:
Il giorno gio 12 mar 2026 alle ore 14:05 Erika Muster <erika@example.org> ha scritto:
Em qui., 12 de mar. de 2026 às 14:05, Erika Muster <erika@example.org> escreveu:
Op do 12 mrt 2026 om 14:05 schreef Erika Muster <erika@example.org>:
Den tors 12 mars 2026 kl 14:05 skrev Erika Muster <erika@example.org>:
tor. 12. mar. 2026 kl. 14.05 skrev Erika Muster <erika@example.org>:
to 12. maalisk. 2026 klo 14.05 Erika Muster (erika@example.org) kirjoitti:
czw., 12 mar 2026 o 14:05 Erika Muster <erika@example.org> napisał(a):
čt 12. 3. 2026 v 14:05 odesílatel Erika Muster <erika@example.org> napsal:
чт, 12 мар. 2026 г. в 14:05, Erika Muster <erika@example.org>:
чт, 12 бер. 2026 р. о 14:05 Erika Muster <erika@example.org> пише:
12.03.2026 14:05 tarihinde Erika Muster yazdı:
Erika Muster <erika@example.org> ezt írta (időpont: 2026. márc. 12., Cs, 14:05):
2026年3月12日(木) 14:05 Erika Muster <erika@example.org>:
Mar 12, 2026, 14:05 by erika@example.org:
Mar 12, 2026 14:05:33 Erika Muster <erika@example.org>:
בתאריך יום ה׳, 12 במרץ 2026 ב-14:05 מאת Erika Muster <erika@example.org>:
في الخميس، 12 مارس 2026 في 14:05 تمت كتابة ما يلي بواسطة Erika Muster <erika@example.org>:
Erika Muster <erika@example.org> 于2026年3月12日周四 14:05写道：
2026년 3월 12일 (목) 오후 2:05, Erika Muster <erika@example.org>님이 작성:
""".strip().splitlines()

HEADERS = """
Von: Erika <erika@example.org>|Gesendet: Donnerstag, 12. März 2026 14:05|An: Max|Cc: Amt|Betreff: AW: Bank
Von: Erika Muster|Gesendet: Donnerstag, 12. März 2026 14:05|An: Max Beispiel|Betreff: AW: Bank
*Von:* Erika <erika@example.org>|*Gesendet:* Donnerstag, 12. März 2026 14:05|*An:* Max|*Betreff:* AW: Bank
Gesendet: Donnerstag, 12. März 2026 um 14:05 Uhr|Von: "Erika" <erika@example.org>|An: max@example.net|Betreff: Bank
Von: Erika <erika@example.org>|Betreff: Bank|Datum: 12. März 2026 um 14:05:11 MEZ|An: max@example.net
________________________________|Von: Erika|Gesendet: Donnerstag, 12. März 2026 14:05|An: a;|  b; c|Betreff: Bank
-----Ursprüngliche Nachricht-----|Von: Erika|Gesendet: Donnerstag, 12. März 2026 14:05|An: Max|Betreff: Bank
Ursprüngliche Nachricht|Von: Erika|Datum: 12.03.26 14:05 (GMT+01:00)|An: Max|Betreff: Bank
-----Original-Nachricht-----|Betreff: Bank|Datum: 2026-03-12T14:05:00+0100|Von: Erika|An: Max
-----Ursprüngliche Mitteilung-----|Von: Erika|An: Max|Verschickt: Do, 12. Mrz 2026 14:05|Betreff: Bank
From: Erika [mailto:erika@example.org]|Sent: Thursday, March 12, 2026 2:05 PM|To: Max|Subject: RE: Bank
De : Erika <erika@example.org>|Envoyé : jeudi 12 mars 2026 14:05|À : Max|Objet : Bank
De: Erika <erika@example.org>|Enviado: jueves, 12 de marzo de 2026 14:05|Para: Max|Asunto: Bank
Da: Erika <erika@example.org>|Inviato: giovedì 12 marzo 2026 14:05|A: Max|Oggetto: Bank
Van: Erika <erika@example.org>|Verzonden: donderdag 12 maart 2026 14:05|Aan: Max|Onderwerp: Bank
Från: Erika <erika@example.org>|Skickat: den 12 mars 2026 14:05|Till: Max|Ämne: Bank
Fra: Erika <erika@example.org>|Sendt: torsdag 12. mars 2026 14:05|Til: Max|Emne: Bank
Lähettäjä: Erika <erika@example.org>|Lähetetty: torstai 12. maaliskuuta 2026 14.05|Vastaanottaja: Max|Aihe: Bank
Od: Erika <erika@example.org>|Wysłano: czwartek, 12 marca 2026 14:05|Do: Max|Temat: Bank
От: Erika <erika@example.org>|Отправлено: 12 марта 2026 г. 14:05|Кому: Max|Тема: Bank
Kimden: Erika <erika@example.org>|Gönderildi: 12 Mart 2026 14:05|Kime: Max|Konu: Bank
差出人: Erika <erika@example.org>|送信日時: 2026年3月12日 14:05|宛先: Max|件名: Bank
От: Erika <erika@example.org>|Изпратено: 12 март 2026 14:05|До: Max|Относно: Bank
Šalje: Erika <erika@example.org>|Poslano: 12. ožujka 2026. 14:05|Prima: Max|Predmet: Bank
من: Erika <erika@example.org>|تم الإرسال: 12 مارس 2026 14:05|إلى: Max|الموضوع: Bank
보낸 사람: Erika <erika@example.org>|보낸 시간: 2026년 3월 12일 14:05|받는 사람: Max|제목: Bank
Originalnachricht|Von: Erika|Gesendet: Donnerstag, 12. März 2026 14:05|An: Max|Betreff: Bank
发件人: Erika <erika@example.org>|发送时间: 2026年3月12日 14:05|收件人: Max|主题: Bank
""".strip().splitlines()


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("width", [500, 72])
def test_quote_below_goes_with_its_introduction(introduction: str, width: int) -> None:
    """A quote below the reply goes with its introduction, in one line or wrapped."""
    assert reply_text(f"{REPLY}\n\n{wrapped(introduction, width)}\n\n{quoted(OLDER)}\n", "") == REPLY


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_may_follow_at_once(introduction: str) -> None:
    """No empty line is needed before an introduction."""
    assert reply_text(f"{REPLY}\n{introduction}\n{quoted(OLDER)}", "") == REPLY


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_answered_mail_goes_without_quotation_marks(introduction: str) -> None:
    """A mail that is answered goes where no line of it is marked as quoted."""
    assert reply_text(f"{REPLY}\n\n{introduction}\n\n{OLDER}", "") == REPLY


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_answer_below_the_quote_stays(introduction: str) -> None:
    """An answer below the quote stays, and the quote goes."""
    assert reply_text(f"{introduction}\n{quoted(OLDER)}\n\n{REPLY}\n", "") == REPLY


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_mail_below_a_copied_header_goes(header: str, gap: str) -> None:
    """A mail goes with the header that a program copied above it."""
    assert reply_text(f"{REPLY}\n\n{header.replace('|', gap)}\n\n{OLDER}", "") == REPLY


@pytest.mark.parametrize("header", HEADERS)
def test_quoted_header_goes(header: str) -> None:
    """A header goes where it is quoted with its mail."""
    older = header.replace("|", "\n") + f"\n\n{OLDER}"
    assert reply_text(f"{REPLY}\n\n{quoted(older)}", "") == REPLY


@pytest.mark.parametrize("header", HEADERS)
def test_answer_below_header_and_quote_stays(header: str) -> None:
    """An answer stays below a quote that has a whole header above."""
    lines = header.replace("|", "\n")
    assert reply_text(f"{lines}\n\n{quoted(OLDER)}\n\n{REPLY}", "") == REPLY


@pytest.mark.parametrize(
    "separator",
    [
        "-----Ursprüngliche Nachricht-----",
        "-------- Original Message --------",
        "--- Originalnachricht ---",
        ">>> Erika Muster <erika@example.org> 12.03.2026 14:05 >>>",
        "-----Mensaje original-----",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
        "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein -##",
        "--- Please reply above this line ---",
    ],
)
def test_mail_below_a_separator_goes(separator: str) -> None:
    """A line that names another mail ends the reply."""
    assert reply_text(f"{REPLY}\n\n{separator}\n{OLDER}", "") == REPLY


def test_answers_between_quotes_stay() -> None:
    """Answers between quoted lines stay with what they answer; the rest of the quote and its introduction go."""
    answers = "> Wo?\n\nAm Markt.\n\n> Wann?\n\nIm Mai."
    mail = f"Guten Tag,\n\nAm 12.03.2026 um 14:05 schrieb Erika:\n{answers}\n\n> Gruß\n> Erika"
    assert reply_text(mail, "") == f"Guten Tag,\n\n{answers}"


def test_two_introductions_go() -> None:
    """A reply to a reply goes as well."""
    older = f"Ja.\n\nOn Wed, Mar 11, 2026 at 9:00 AM Max <max@example.net> wrote:\n\n{quoted(OLDER)}"
    assert reply_text(f"{REPLY}\n\nAm 12.03.2026 um 14:05 schrieb Erika:\n\n{quoted(older)}", "") == REPLY


def test_lines_that_were_wrapped_out_of_the_quote_go() -> None:
    """What a program wrapped out of a quoted line belongs to the quote."""
    quote = "> Wir fragen uns seit langem, ob am Markt nicht eine Bank\nfehlt oder zwei.\n> Was meinen Sie?"
    assert reply_text(f"{REPLY}\n\nAm 12.03.2026 um 14:05 schrieb Erika:\n{quote}", "") == REPLY


def test_address_may_be_wrapped_before_its_bracket() -> None:
    """The end of an address at the beginning of a line is no quotation mark."""
    introduction = "On Mon, Feb 2, 2026 at 7:50 AM, Erika Muster <erika@example.org\n> wrote:"
    assert reply_text(f"{REPLY}\n\n{introduction}\n\n{quoted(OLDER)}", "") == REPLY


@pytest.mark.parametrize("mark", ["|", "EM>"])
def test_other_quotation_marks(mark: str) -> None:
    """Bars and initials mark quoted lines below an introduction."""
    quote = "\n".join(f"{mark} {line}" for line in OLDER.split("\n"))
    assert reply_text(f"{REPLY}\n\nErika Muster <erika@example.org> schrieb:\n{quote}", "") == REPLY


def test_quote_without_introduction_goes_below() -> None:
    """Sentences quoted below the reply go without an introduction too."""
    assert reply_text(f"{REPLY}\n\n> Sollen wir am Markt eine Bank bauen?", "") == REPLY


def test_quote_without_introduction_stays_above() -> None:
    """A quote above the text stays where nothing shows that a program put it there."""
    mail = "> Die Bank kommt nicht.\n\nDas stand in der Zeitung. Warum?"
    assert reply_text(mail, "") == mail


def test_only_introductions_are_no_words() -> None:
    """Introductions quoted in one another, with nothing in them, are no reply."""
    introduction = "On Thu, Mar 12, 2026 at 2:05 PM Erika <erika@example.org> wrote:"
    mail = "\n".join(quoted(introduction, level) for level in range(1, 6))
    assert reply_text(mail, "") == ""

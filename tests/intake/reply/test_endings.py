# ruff: noqa: RUF001 - some footers are in other scripts
import pytest

from services.intake.email.reply import reply_text
from tests.intake.reply.mails import OLDER, quoted, words

TEXT = "Guten Tag,\n\nbitte eine Bank am Markt.\n\nMit freundlichen Grüßen\nErika Muster"
INTRODUCTION = "Am 12.03.2026 um 14:05 schrieb Max <max@example.net>:"

SIGNATURES = [
    "-- \nErika Muster\nTel. 0228 1234567",
    "-- \nGeht nicht gibt's nicht.",
    "--\nErika Muster\nHauptstr. 5\n53111 Bonn",
    "--\nErika Muster\nBürgerverein",
    "_____________\nErika Muster\nTel.: 0228 1234567",
]
FOOTERS = """
Von meinem iPhone gesendet
Gesendet mit der GMX Mail App
Gesendet mit der WEB.DE Mail App
Diese Nachricht wurde von meinem Android-Mobiltelefon mit WEB.DE Mail gesendet.
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Von meinem Samsung Galaxy Smartphone gesendet.
Gesendet von meinem Galaxy
Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>
Gesendet von Mail für Windows
Outlook für iOS beziehen
Holen Sie sich Outlook für Android<https://aka.ms/AAb9ysg>
Gesendet von Yahoo Mail auf Android
Gesendet mit der Telekom Mail App
Gesendet mit Proton Mail.
Gesendet von unterwegs. Bitte entschuldigen Sie Tippfehler.
Mobil gesendet
Get Outlook for iOS<https://aka.ms/o0ukef>
Sent from my iPhone
Sent from my phone, please excuse brevity.
Sent from my TI-99
(Sent from mobile device)
Sent with Proton Mail secure email.
Envoyé de mon iPhone
Inviato da iPhone
Enviado desde mi iPhone
Verzonden vanaf mijn iPhone
Skickat från min iPhone
Sendt fra min iPhone
Wysłane z iPhone'a
Odesláno z iPhonu
Отправлено с iPhone
iPhone'umdan gönderildi
iPhoneから送信
Enviado a partir do meu smartphone Samsung Galaxy.
Obter o Outlook para Android
Hole Dir BlueMail für Android
Изпратено от моя iPhone
发自我的iPhone
""".strip().splitlines()
DISCLAIMERS = [
    """\
Diese E-Mail enthält vertrauliche oder rechtlich geschützte Informationen. Sind Sie nicht der richtige
Adressat, so informieren Sie bitte den Absender und vernichten Sie diese Mail. Die Weitergabe ist untersagt.""",
    """\
Wichtiger Hinweis:
Diese Nachricht ist vertraulich und nur für den Empfänger bestimmt. Kam sie irrtümlich, so löschen Sie sie.""",
    """\
This email and its attachments are confidential and intended solely for the addressee. If you have received it in
error, please notify the sender and delete it.""",
    "Sitz der Gesellschaft: Bonn\nRegistergericht: Amtsgericht Bonn, HRB 12345\nGeschäftsführer: Max Beispiel",
    "Bitte prüfen Sie, ob diese Mail wirklich ausgedruckt werden muss!",
    """\
Diese E-Mail enthält vertrauliche oder rechtlich geschützte Informationen. Sind Sie nicht der richtige
Adressat, so informieren Sie bitte den Absender und vernichten Sie diese Mail.

Das unbefugte Kopieren und die Weitergabe sind nicht gestattet.""",
    "Bitte prüfen Sie der Umwelt zuliebe, ob der Ausdruck dieser Mail nötig ist.",
    "______________________\nbank mailing list -- bank@lists.example.org\nTo unsubscribe, write to leave@example.org",
    "P Please consider the environment before printing this e-mail.",
    "Virenfrei.www.avast.com <https://www.avast.com/sig-email>",
    "Diese E-Mail wurde von einem Schutzprogramm auf Viren geprüft.\nwww.example.org",
    "Informationen zum Datenschutz finden Sie unter https://www.example.org/datenschutz",
    "______________________\nbank mailing list\nbank@lists.example.org\nhttps://lists.example.org/bank",
]
ENDINGS = [*SIGNATURES, *FOOTERS, *DISCLAIMERS]


@pytest.mark.parametrize("ending", ENDINGS)
def test_ending_goes(ending: str) -> None:
    """What stands below the name and was written once for all mails goes."""
    assert reply_text(f"{TEXT}\n\n{ending}\n", "") == TEXT


@pytest.mark.parametrize("ending", ENDINGS)
def test_ending_between_reply_and_quote_goes(ending: str) -> None:
    """It goes above a quote."""
    assert reply_text(f"{TEXT}\n\n{ending}\n\n{INTRODUCTION}\n{quoted(OLDER)}", "") == TEXT


@pytest.mark.parametrize("ending", ENDINGS)
def test_ending_below_the_quote_goes(ending: str) -> None:
    """It goes below a quote."""
    assert reply_text(f"{TEXT}\n\n{INTRODUCTION}\n{quoted(OLDER)}\n\n{ending}", "") == TEXT


@pytest.mark.parametrize(
    "contact",
    [
        "Hauptstraße 5\n53111 Bonn\nTel. 0228 1234567",
        "Tel.: 0228/123 45-67\nMobil: +49 171 1234567\nerika@example.org",
        "www.example.org",
        "E-Mail: erika@example.org\nWeb: www.example.org",
        "Postfach 12 34\n53111 Bonn",
        "0228 1234567",
    ],
)
def test_closing_words_and_name_stay_without_the_contact(contact: str) -> None:
    """Of closing words, name and contact, only the contact goes."""
    assert (
        reply_text(f"{TEXT}\nVorsitzende des Bürgervereins\n{contact}", "") == f"{TEXT}\nVorsitzende des Bürgervereins"
    )


def test_signing_for_another_is_no_sentence() -> None:
    """The abbreviation of "im Auftrag" stays with the name, and the contact below it goes."""
    signed = "Die Bank kommt.\n\nMit freundlichen Grüßen\ni. A. Erika Muster"
    assert reply_text(f"{signed}\nTel. 0228 1234567", "") == signed


def test_text_is_read_without_the_armour_of_its_signature() -> None:
    """What OpenPGP puts around a signed text goes, and so does its escape before dashes."""
    armoured = (
        f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{TEXT}\n- -- \nErika\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    assert reply_text(armoured, "") == TEXT


@pytest.mark.parametrize("above", ["-- \nErika Muster", "Hauptstraße 5\n53111 Bonn", "Von meinem iPhone gesendet"])
@pytest.mark.parametrize("postscript", ["P.S.: Ein Foto hängt an.", "PS Danke!", "Nachtrag: Es eilt."])
def test_postscript_stays(above: str, postscript: str) -> None:
    """What a person adds below signature, contact or footer stays."""
    assert words(reply_text(f"{TEXT}\n\n{above}\n\n{postscript}", "")) == words(f"{TEXT}\n\n{postscript}")


def test_several_endings_go() -> None:
    """Signature, footer, register and disclaimer go where they follow one another."""
    endings = "\n\n".join([SIGNATURES[0], FOOTERS[0], DISCLAIMERS[3], DISCLAIMERS[0], DISCLAIMERS[5]])
    assert reply_text(f"{TEXT}\n\n{endings}", "") == TEXT


@pytest.mark.parametrize(
    "banner",
    [
        "ACHTUNG: Diese E-Mail kommt von extern. Öffnen Sie keine Links von unbekannten Absendern.",
        "CAUTION: This email originated from outside of the organization. Do not click links.",
    ],
)
def test_gateway_warning_above_goes(banner: str) -> None:
    """A gateway's warning above the text goes."""
    assert reply_text(f"{banner}\n\n{TEXT}", "") == TEXT


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_but_an_ending_stays(ending: str) -> None:
    """Where there is nothing else, something is kept."""
    assert reply_text(ending, "") != ""

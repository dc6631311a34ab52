"""A relay that misbehaves in every way that we could think of loses no mail, and gets none more than once too often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes

import pytest
from pydantic import SecretStr

from services.ideas.model import Sender as Person
from services.ideas.register import Register
from services.ideas.settings import Relay
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.relay import SmtpRelay
from services.notifier.delivery import Sender
from services.notifier.pace import Pace
from tests.conftest import on_sqlite
from tests.fakes.scripted_relay import Fault, Moment, ScriptedRelay, Then
from tests.notifier.samples import Clock, state
from tests.notifier.shown_certificates import EXPIRED, GOOD, OTHER_NAME, STRANGER, Certificates, make
from tests.submissions import submit

# What the two databases do differently is tested with the outbox.
pytestmark = on_sqlite

ANNA, BEN = PEOPLE = ("anna@example.org", "ben@example.org")
CONNECT, EHLO, HELO, STARTTLS, AUTH = Moment.CONNECT, Moment.EHLO, Moment.HELO, Moment.STARTTLS, Moment.AUTH
MAIL, RCPT, DATA, BODY, END, AFTER = Moment.MAIL, Moment.RCPT, Moment.DATA, Moment.BODY, Moment.END, Moment.AFTER
RSET, QUIT = Moment.RSET, Moment.QUIT
DROP, HANG = Then.DROP, Then.HANG
PLAIN: Sequence[bytes] = (b"AUTH PLAIN",)
PIPELINED: Sequence[bytes] = (b"PIPELINING", b"AUTH PLAIN")
# Longer than anything that a relay under test takes, and yet soon over.
A_MOMENT = 0.4


@dataclass(frozen=True)
class Case:
    """How the relay misbehaves, and what may come of it.

    `extra` is how many copies too many may arrive in all, `lost` who gets nothing because the relay refuses for good,
    `unclear` who gets two copies and no third, because nobody knows of either, `at_first` how many mails arrive at the
    first try at least.
    """

    faults: tuple[Fault, ...]
    extra: int = 0
    lost: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    at_first: int = 1
    certificates: tuple[str, ...] = ()
    security: str = "none"
    user: str = ""


def always(moment: Moment, says: bytes, only: str = "") -> Fault:
    return Fault(moment, says, times=0, only=only)


CASES = {
    "it does all well": Case((), at_first=2),
    # The connection
    "it is too busy to greet": Case((Fault(CONNECT, b"421 4.3.2 Too many connections", DROP),)),
    "it serves nobody for now": Case((Fault(CONNECT, b"554 5.3.2 No service"),)),
    "it does not greet": Case((Fault(CONNECT, then=HANG),)),
    "it hangs up at once": Case((Fault(CONNECT, then=DROP),)),
    "it is a web server": Case((Fault(CONNECT, b"HTTP/1.1 400 Bad Request\r\n", DROP),)),
    "it knows no EHLO": Case((always(EHLO, b"502 5.5.1 What?"),), at_first=2),
    "it refuses EHLO and HELO": Case((Fault(EHLO, b"550 5.7.1 No"), Fault(HELO, b"550 5.7.1 No"))),
    "it does not answer EHLO": Case((Fault(EHLO, then=HANG),)),
    "it hangs up at EHLO": Case((Fault(EHLO, then=DROP),)),
    "its greeting never ends": Case((Fault(EHLO, b"\r\n".join([b"250-" + b"x" * 500] * 200), HANG),)),
    # Encryption and login
    "STARTTLS was taken out": Case((Fault(EHLO, b"250 relay.test"),), certificates=(GOOD,), security="starttls"),
    "STARTTLS is refused for now": Case((Fault(STARTTLS, b"454 4.7.0 No"),), certificates=(GOOD,), security="starttls"),
    "STARTTLS is refused for good": Case((Fault(STARTTLS, b"554 No"),), certificates=(GOOD,), security="starttls"),
    "it hangs up at STARTTLS": Case((Fault(STARTTLS, then=DROP),), certificates=(GOOD,), security="starttls"),
    "STARTTLS leads to no TLS": Case(
        (Fault(STARTTLS, b"220 Go on\r\n220 but not so", DROP),), certificates=(GOOD,), security="starttls"
    ),
    "its certificate is a stranger's": Case((), certificates=(STRANGER, GOOD), security="starttls"),
    "its certificate names another": Case((), certificates=(OTHER_NAME, GOOD), security="starttls"),
    "its certificate has expired": Case((), certificates=(EXPIRED, GOOD), security="starttls"),
    "it knows another password": Case((Fault(AUTH, b"535 5.7.8 Wrong"),), user="ideenkanal"),
    "it cannot check the password": Case((Fault(AUTH, b"454 4.7.0 Later"),), user="ideenkanal"),
    # Before the mail
    "it puts off the sender": Case((Fault(MAIL, b"451 4.3.0 Later"),)),
    "it wants a login": Case((Fault(MAIL, b"530 5.7.0 Login first"),)),
    "it closes at the sender": Case((Fault(MAIL, b"421 4.3.2 Closing", DROP),)),
    "it hangs at the sender": Case((Fault(MAIL, then=HANG),)),
    "it hangs up at the sender": Case((Fault(MAIL, then=DROP),)),
    "it takes one mail on a connection": Case((Fault(AFTER, b"", DROP), Fault(AFTER, b"", DROP)), at_first=2),
    "it greylists": Case(tuple(Fault(RCPT, b"451 4.7.1 Greylisted", only=each) for each in PEOPLE), at_first=0),
    "it greylists without a code": Case((Fault(RCPT, b"450 come back later", only=BEN),)),
    "it takes half of the recipients": Case((Fault(RCPT, b"452 4.5.3 Too many"),)),
    "it knows one recipient not": Case((always(RCPT, b"550 5.1.1 Who?", ANNA),), lost=(ANNA,)),
    "it wants no mail for one": Case((always(RCPT, b"550 5.7.1 Not for us", ANNA),), lost=(ANNA,)),
    "one mailbox is full": Case((Fault(RCPT, b"452 4.2.2 Full", only=BEN, times=3),)),
    "it closes at the recipient": Case((Fault(RCPT, b"421 4.3.2 Closing", DROP),)),
    "it hangs at the recipient": Case((Fault(RCPT, then=HANG),)),
    "it hangs up at the recipient": Case((Fault(RCPT, then=DROP),)),
    "it takes mail to nobody": Case((Fault(RCPT, b"451 4.7.1 Later", only=BEN), Fault(DATA, b"354 Well", times=2))),
    "it wants no mail just now": Case((Fault(DATA, b"451 4.3.0 Later"),)),
    "it hangs before the mail": Case((Fault(DATA, then=HANG),)),
    # The mail
    "it hangs up in the mail": Case((Fault(BODY, then=DROP),)),
    "it cannot store the mail": Case((Fault(END, b"452 4.3.1 Disk full"),)),
    "it closes after the mail": Case((Fault(END, b"421 4.3.2 Closing", DROP),)),
    "it finds one mail odd": Case((always(END, b"554 5.6.0 Odd", ANNA),), lost=(ANNA,)),
    "it holds one mail for spam": Case((always(END, b"550 Spam", ANNA),), lost=(ANNA,)),
    "it dies with the mail": Case((Fault(END, then=DROP),)),
    "it dies after the final dot": Case((Fault(END, then=DROP, is_kept=True),), extra=1),
    "it hangs after the final dot": Case((Fault(END, then=HANG, is_kept=True),), extra=1),
    "it thanks in a foreign tongue": Case((Fault(END, b"OK", DROP, is_kept=True),), extra=1),
    "it says that it is busy, and delivers": Case((Fault(END, b"451 4.3.0 Busy", is_kept=True),), extra=1),
    "it dies after two final dots": Case((Fault(END, then=DROP, is_kept=True, times=2),), extra=2, at_first=0),
    "it dies after each final dot of one": Case(
        (Fault(END, then=DROP, is_kept=True, times=0, only=BEN),), extra=1, unclear=(BEN,)
    ),
    "it hangs after each final dot of one": Case(
        (Fault(END, then=HANG, is_kept=True, times=0, only=BEN),), extra=1, unclear=(BEN,)
    ),
    "it dies once, and then puts off": Case(
        (Fault(END, then=DROP, is_kept=True, only=BEN), Fault(MAIL, b"451 4.3.0 Later", times=3)), extra=1, at_first=0
    ),
    # After the mail
    "it closes when it has the mail": Case((Fault(AFTER, b"421 4.4.2 Idle for too long", DROP),), at_first=2),
    "it hangs up when it has the mail": Case((Fault(AFTER, then=DROP),), at_first=2),
    "it says something nobody asked": Case((Fault(AFTER, b"250 2.0.0 Have a nice day"),), at_first=2),
    "it answers twice": Case((Fault(MAIL, b"250 OK\r\n250 OK"),)),
    "it refuses to begin anew": Case((Fault(RCPT, b"451 4.7.1 Later"), Fault(RSET, b"500 5.5.1 What?"))),
    "it hangs up instead of beginning anew": Case((Fault(RCPT, b"451 4.7.1 Later"), Fault(RSET, then=DROP))),
    "it says no farewell": Case((Fault(QUIT, then=HANG),), at_first=2),
    "its lines end badly": Case((Fault(MAIL, b"250-one\n250-two\n250"), Fault(END, b"250-\r\n250", is_kept=True))),
}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


def _ways(case: Case) -> tuple[bool, ...]:
    """Whether commands are pipelined; both, where what the relay does is said to one of them."""
    is_said_to_one = any(fault.moment in (MAIL, RCPT, DATA) for fault in case.faults)
    return (True, False) if is_said_to_one else (True,)


@pytest.mark.parametrize(("name", "is_pipelined"), [(name, way) for name, case in CASES.items() for way in _ways(case)])
async def test_whatever_a_relay_does_nothing_is_lost(
    register: Register, clock: Clock, certificates: Certificates, name: str, *, is_pipelined: bool
) -> None:
    """Each mail arrives, or staff see that it was refused; a copy too many is the same mail, byte for byte."""
    case, catalogue = CASES[name], register.catalogue
    extensions = PIPELINED if is_pipelined else PLAIN
    references = {each: await submit(register, sender=Person("email", each, verified=True)) for each in PEOPLE}
    shown = [certificates.shown[each] for each in case.certificates]
    async with ScriptedRelay(case.faults, extensions=extensions, certificates=shown) as server:
        settings = Relay.model_validate(
            {"host": "127.0.0.1", "port": server.port, "security": case.security, "user": case.user}
            | {"password": SecretStr("geheim" * bool(case.user))}
        )
        relay = SmtpRelay(settings, A_MOMENT, A_MOMENT, trusted=certificates.trusted)
        email = EmailDeliverer(catalogue.texts, catalogue.settings.email, relay, pace=Pace(at_once=2))
        sending = Sender(register, email, asyncio.Event(), clock)
        await sending.send_due()
        arrived_at_first = {mail.recipient for mail in server.taken}
        while (await register.counts())["notifications"].get("due"):
            clock.passes(hours=1)
            await sending.send_due()
        await relay.close()

    copies = {each: [mail for mail in server.taken if mail.recipient == each] for each in PEOPLE}
    states = {each: (await state(register, reference))[0] for each, reference in references.items()}
    assert states == {each: "given-up" if each in case.lost + case.unclear else "sent" for each in PEOPLE}
    assert [each for each in PEOPLE if not copies[each]] == list(case.lost)
    assert sum(max(0, len(mails) - 1) for mails in copies.values()) <= case.extra
    assert all(len(mails) == 2 if each in case.unclear else len(mails) <= 2 for each, mails in copies.items())
    assert all(mail == mails[0] for mails in copies.values() for mail in mails)
    assert len({message_from_bytes(mail.content)["Message-ID"] for mail in server.taken}) == len(PEOPLE) - len(
        case.lost
    )
    assert len(arrived_at_first) >= case.at_first - len(case.lost)
    assert server.is_done
    if case.security == "starttls":
        assert server.told_in_clear <= {"EHLO", "STARTTLS", "QUIT"}

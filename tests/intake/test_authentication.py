"""SPF, DKIM and DMARC by a DNS of our own: who really sent a mail, and what a forger cannot make of it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from services.ideas.settings import Authentication as Settings
from services.intake.email.authentication.authenticator import Authenticator
from services.intake.email.authentication.result import Authentication, AuthResult, Source
from tests.fakes.dns import DnsServer
from tests.intake.authenticating import InThread
from tests.intake.signing import Signer

PASS, FAIL, NONE = AuthResult.PASS, AuthResult.FAIL, AuthResult.NONE
TEMPERROR, PERMERROR = AuthResult.TEMPERROR, AuthResult.PERMERROR
RAW = (
    b"From: Anna <anna@mail.example.net>\r\nTo: ideen@example.org\r\nSubject: Baenke\r\n\r\nAm Markt fehlen Baenke.\r\n"
)
PEER = "192.0.2.7"
ENVELOPE = {"mail_from": "anna@mail.example.net", "peer": PEER, "helo": "mx.example.net"}


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as server:
        yield server


@pytest.fixture
async def authenticator(server: DnsServer) -> AsyncIterator[Authenticator]:
    async with InThread(Settings(resolver=f"127.0.0.1:{server.port}")) as authenticator:
        yield authenticator


@pytest.fixture
async def impatient(server: DnsServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Authenticator]:
    """One for servers that answer nothing at all: how long it waits for them makes no difference."""
    monkeypatch.setattr("services.intake.email.authentication.questions._ROOT_SECONDS", 0.2)
    async with InThread(Settings(resolver=f"127.0.0.1:{server.port}"), dns_seconds=0.2) as authenticator:
        yield authenticator


def signature_only(domain: str = "mail.example.net") -> dict[str, str]:
    """An envelope about which SPF says nothing."""
    return {"mail_from": f"bounces@{domain}"}


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "ed25519-sha256"])
@pytest.mark.parametrize("canonicalize", [(b"simple", b"simple"), (b"relaxed", b"relaxed")])
async def test_a_signature_by_the_authors_domain_verifies_the_sender(
    server: DnsServer, authenticator: Authenticator, algorithm: str, canonicalize: tuple[bytes, bytes]
) -> None:
    """An aligned signature is a DMARC pass, with both algorithms and both canonicalizations."""
    signer = Signer("example.net", algorithm=algorithm)
    signer.publish(server)
    server.add_text("_dmarc.example.net", "v=DMARC1; p=reject")
    result = await authenticator.authenticate(signer.sign(RAW, canonicalize=canonicalize), signature_only())

    assert (result.dkim, result.dmarc, result.aligned, result.source) == (PASS, PASS, True, Source.DNS)
    assert result.verifies_sender
    assert not result.is_failure


async def test_without_a_dmarc_record_an_aligned_signature_is_enough(
    server: DnsServer, authenticator: Authenticator
) -> None:
    """A domain that signs and has no policy vouches for its mail all the same."""
    signer = Signer("mail.example.net")
    signer.publish(server)
    result = await authenticator.authenticate(signer.sign(RAW), signature_only())

    assert (result.dkim, result.dmarc) == (PASS, NONE)
    assert result.verifies_sender


async def test_a_strangers_signature_verifies_nobody(server: DnsServer, authenticator: Authenticator) -> None:
    """Anybody can sign for a domain of their own: that says nothing about the From."""
    signer = Signer("example.com")
    signer.publish(server)
    server.add_text("_dmarc.example.net", "v=DMARC1; p=reject")
    result = await authenticator.authenticate(signer.sign(RAW), signature_only("example.com"))

    assert (result.dkim, result.dmarc, result.aligned) == (PASS, FAIL, False)
    assert not result.verifies_sender
    assert result.is_failure


async def test_an_altered_mail_fails(server: DnsServer, authenticator: Authenticator) -> None:
    """A signature does not hold over a text that was changed, nor over another From."""
    signer = Signer("example.net")
    signer.publish(server)
    server.add_text("_dmarc.example.net", "v=DMARC1; p=none")
    signed = signer.sign(RAW)
    for altered in (signed + b"Nachsatz\r\n", signed.replace(b"anna@mail", b"bert@mail")):
        result = await authenticator.authenticate(altered, signature_only())
        assert (result.dkim, result.dmarc) == (FAIL, FAIL)
        assert result.is_failure


async def test_an_expired_signature_fails(server: DnsServer, authenticator: Authenticator) -> None:
    """After the time that the signer set (x=) nothing is vouched for."""
    signer = Signer("example.net")
    signer.publish(server)
    valid = signer.sign(RAW, expires=int(time.time()) + 86_400)
    expired = signer.sign(RAW, expires=int(time.time()) - 86_400)

    assert (await authenticator.authenticate(valid, signature_only())).dkim is PASS
    assert (await authenticator.authenticate(expired, signature_only())).dkim is FAIL


async def test_a_signature_over_a_part_of_the_text_does_not_count(
    server: DnsServer, authenticator: Authenticator
) -> None:
    """Under a body length (l=) anybody may add text."""
    signer = Signer("example.net")
    signer.publish(server)
    result = await authenticator.authenticate(signer.sign(RAW, length=True) + b"Zusatz\r\n", signature_only())

    assert result.dkim is PERMERROR
    assert not result.verifies_sender


async def test_a_short_key_does_not_count(server: DnsServer, authenticator: Authenticator) -> None:
    """RSA under 1,024 bits can be broken (RFC 8301)."""
    signer = Signer("example.net", algorithm="rsa-sha256", bits=768)
    signer.publish(server)

    assert (await authenticator.authenticate(signer.sign(RAW), signature_only())).dkim is FAIL


async def test_an_enormous_key_is_not_tried(server: DnsServer, authenticator: Authenticator) -> None:
    """A key with which verifying would take minutes fails at once."""
    signer = Signer("example.net", algorithm="rsa-sha256")
    server.add_text(signer.key_name, "v=DKIM1; k=rsa; p=" + "M" * 40_000)

    assert (await authenticator.authenticate(signer.sign(RAW), signature_only())).dkim is FAIL


async def test_a_revoked_key_fails(server: DnsServer, authenticator: Authenticator) -> None:
    """An empty key, or none, is the signer's word that the signature is not theirs."""
    signer = Signer("example.net")
    assert (await authenticator.authenticate(signer.sign(RAW), signature_only())).dkim is FAIL
    server.add_text(signer.key_name, "v=DKIM1; k=ed25519; p=")
    assert (await authenticator.authenticate(signer.sign(RAW), signature_only())).dkim is FAIL


async def test_of_several_signatures_the_authors_counts(server: DnsServer, authenticator: Authenticator) -> None:
    """A mailing service signs as well, above the author's domain and below it."""
    own, service = Signer("example.net"), Signer("example.com")
    own.publish(server)
    service.publish(server)
    for first, second in ((own, service), (service, own)):
        result = await authenticator.authenticate(second.sign(first.sign(RAW)), signature_only())
        assert (result.dkim, result.aligned) == (PASS, True)


async def test_a_thousand_signatures_are_not_tried(server: DnsServer, authenticator: Authenticator) -> None:
    """No more than five keys are looked up for one mail."""
    signer = Signer("example.net")
    field = signer.sign(RAW).removesuffix(RAW)
    flood = b"".join(field.replace(b"s=s1", b"s=k%d" % number) for number in range(1_000))
    await authenticator.authenticate(flood + RAW, signature_only())

    assert len([name for name in server.asked if "_domainkey" in name]) == 5


@pytest.mark.parametrize(
    ("record", "author", "signed_by", "expected"),
    [
        ("v=DMARC1; p=reject; adkim=s", "example.net", "example.net", PASS),
        ("v=DMARC1; p=reject; adkim=s", "mail.example.net", "example.net", FAIL),
        ("v=DMARC1; p=reject", "mail.example.net", "other.example.net", PASS),
        ("v=DMARC1; p=none; sp=reject", "mail.example.net", "example.com", FAIL),
        ("v=DMARC1;p=reject;pct=0", "mail.example.net", "example.com", FAIL),
        ("v=DMARC1; rua=mailto:x@example.net", "mail.example.net", "example.com", FAIL),
        ("v=DMARC1; p=perhaps", "mail.example.net", "example.com", NONE),
        ("p=reject; v=DMARC1", "mail.example.net", "example.com", NONE),
        ("v=DMARC12; p=reject", "mail.example.net", "example.com", NONE),
        ("words", "mail.example.net", "example.com", NONE),
    ],
)
async def test_the_record_of_the_organization_counts_for_its_subdomains(
    server: DnsServer, authenticator: Authenticator, record: str, author: str, *, signed_by: str, expected: AuthResult
) -> None:
    """Relaxed and strict alignment, any policy, and records that are none (RFC 7489 sections 3.1, 6.6.3)."""
    signer = Signer(signed_by)
    signer.publish(server)
    server.add_text("_dmarc.example.net", record)
    raw = RAW.replace(b"mail.example.net", author.encode())

    assert (await authenticator.authenticate(signer.sign(raw), {"mail_from": ""})).dmarc is expected


async def test_two_dmarc_records_are_none(server: DnsServer, authenticator: Authenticator) -> None:
    """A domain that contradicts itself has no policy (RFC 7489 section 6.6.3)."""
    for policy in ("none", "reject"):
        server.add_text("_dmarc.example.net", f"v=DMARC1; p={policy}")

    assert (await authenticator.authenticate(RAW, signature_only())).dmarc is NONE


async def test_neighbours_under_a_public_suffix_are_strangers(server: DnsServer, authenticator: Authenticator) -> None:
    """anna.co.uk and bert.co.uk have nothing in common but the registry."""
    signer = Signer("bert.co.uk")
    signer.publish(server)
    result = await authenticator.authenticate(
        signer.sign(RAW.replace(b"mail.example.net", b"anna.co.uk")), signature_only("bert.co.uk")
    )

    assert (result.dkim, result.aligned) == (PASS, False)


@pytest.mark.parametrize(
    "head",
    [
        b"From: anna@mail.example.net\r\nFrom: bert@example.com\r\n",
        b"From: anna@mail.example.net, bert@example.com\r\n",
        b"From: alice@example.org)anna@mail.example.net\r\n",
        b"Subject: nobody\r\n",
        b"X: a\rFrom: bert@mail.example.net\r\r\r\nFrom: anna@mail.example.net\r\n",
    ],
)
async def test_a_mail_without_one_clear_author_fails(
    server: DnsServer, authenticator: Authenticator, head: bytes
) -> None:
    """Two authors, none, or one that each parser sees elsewhere: whatever is signed, it verifies nobody."""
    signer = Signer("mail.example.net")
    signer.publish(server)
    body = b"To: ideen@example.org\r\nSubject: x\r\n\r\nx\r\n"
    field = signer.sign(b"From: anna@mail.example.net\r\n" + body).partition(b"From:")[0]
    result = await authenticator.authenticate(field + head + body, ENVELOPE)

    assert result.dmarc is FAIL
    assert not result.verifies_sender
    assert result.is_failure


@pytest.mark.parametrize(
    ("record", "peer", "expected"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", PEER, "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::25", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "IPv6:2001:db8::25", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.7", "pass"),
        ("v=spf1 mx -all", PEER, "pass"),
        ("v=spf1 a:host.example.net -all", PEER, "pass"),
        ("v=spf1 include:_spf.example.net -all", PEER, "pass"),
        ("v=spf1 ip4:198.51.100.1 -all", PEER, "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db9::1", "fail"),
        ("v=spf1 ~all", PEER, "softfail"),
        ("v=spf1 ?all", PEER, "neutral"),
        ("v=spf1 nonsense:x -all", PEER, "permerror"),
        ("v=spf1 include:mail.example.net -all", PEER, "permerror"),
        ("no policy", PEER, "none"),
        ("v=spf1 -all", "127.0.0.1", "none"),
        ("v=spf1 -all", "10.1.2.3", "none"),
        ("v=spf1 -all", "::1", "none"),
        ("v=spf1 -all", "", "none"),
        ("v=spf1 -all", "no address", "none"),
    ],
)
async def test_spf_follows_the_policy_of_the_envelope(
    server: DnsServer, authenticator: Authenticator, record: str, peer: str, expected: str
) -> None:
    """Mechanisms, endless includes, both kinds of addresses, and peers that nobody's policy is about."""
    server.add_text("mail.example.net", record)
    server.add_text("_spf.example.net", "v=spf1 ip4:192.0.2.7 -all")
    server.records["mail.example.net", "MX"] = ["10 host.example.net."]
    server.records["host.example.net", "A"] = [PEER]

    assert (await authenticator.authenticate(RAW, {**ENVELOPE, "peer": peer})).spf.value == expected


@pytest.mark.parametrize(
    ("mail_from", "aspf", "expected"),
    [
        ("bounces@mail.example.net", "s", PASS),
        ("bounces@example.net", "r", PASS),
        ("bounces@example.net", "s", FAIL),
        ("bounces@example.com", "r", FAIL),
        ("", "r", PASS),
    ],
)
async def test_an_aligned_envelope_is_a_dmarc_pass(
    server: DnsServer, authenticator: Authenticator, mail_from: str, aspf: str, expected: AuthResult
) -> None:
    """SPF counts for the From where its domain is the author's; a bounce is judged by its HELO name."""
    server.add_text("_dmarc.example.net", f"v=DMARC1; p=reject; aspf={aspf}")
    for domain in ("mail.example.net", "example.net", "example.com", "mx.example.net"):
        server.add_text(domain, "v=spf1 ip4:192.0.2.7 -all")
    result = await authenticator.authenticate(RAW, {**ENVELOPE, "mail_from": mail_from})

    assert (result.spf, result.dmarc) == (PASS, expected)


async def test_a_hard_spf_failure_without_policy_is_a_failure(server: DnsServer, authenticator: Authenticator) -> None:
    """Without DMARC the envelope's domain decides, unless the author's domain has signed (a forwarded mail)."""
    signer = Signer("mail.example.net")
    signer.publish(server)
    server.add_text("mail.example.net", "v=spf1 -all")

    assert (await authenticator.authenticate(RAW, ENVELOPE)).is_failure
    assert not (await authenticator.authenticate(signer.sign(RAW), ENVELOPE)).is_failure


async def test_a_silent_dns_is_a_temporary_error_in_time(server: DnsServer, impatient: Authenticator) -> None:
    """Nobody waits for a resolver that does not answer, and nothing is said about the sender."""
    signer = Signer("mail.example.net")
    server.silent |= {"_dmarc.mail.example.net", signer.key_name, "mail.example.net"}
    before = time.monotonic()
    result = await impatient.authenticate(signer.sign(RAW), ENVELOPE)

    assert time.monotonic() - before < 5
    assert (result.spf, result.dkim, result.dmarc) == (TEMPERROR, TEMPERROR, TEMPERROR)
    assert not result.verifies_sender
    assert not result.is_failure


async def test_a_dead_resolver_is_left_alone(server: DnsServer, impatient: Authenticator) -> None:
    """Where not even the root is answered for, the next mail does not wait: nothing is known about it."""
    server.silent |= {"_dmarc.example.net", "example.net", "mail.example.net", "."}
    await impatient.authenticate(RAW, ENVELOPE)
    asked = len(server.asked)
    result = await impatient.authenticate(RAW, ENVELOPE)

    assert "." in server.asked
    assert len(server.asked) == asked
    assert (result.spf, result.dkim, result.dmarc) == (TEMPERROR, TEMPERROR, TEMPERROR)


async def test_one_senders_silent_dns_silences_no_other(server: DnsServer, authenticator: Authenticator) -> None:
    """As long as the root is answered for, each mail is asked about anew."""
    server.records[".", "NS"] = ["a.root-servers.net."]
    server.silent |= {"_dmarc.example.net", "example.net", "mail.example.net"}
    await authenticator.authenticate(RAW, ENVELOPE)
    server.silent.clear()
    asked = len(server.asked)
    await authenticator.authenticate(RAW, ENVELOPE)

    assert len(server.asked) > asked


async def test_a_strangers_broken_dns_does_not_excuse_a_forgery(
    server: DnsServer, authenticator: Authenticator
) -> None:
    """Whoever writes in the name of a domain with a policy fails, whatever their own servers do."""
    stranger = Signer("example.com")
    server.add_text("_dmarc.example.net", "v=DMARC1; p=reject")
    server.failing |= {stranger.key_name, "example.com"}
    result = await authenticator.authenticate(stranger.sign(RAW), {**ENVELOPE, "mail_from": "x@example.com"})

    assert (result.spf, result.dkim, result.dmarc) == (TEMPERROR, TEMPERROR, FAIL)


async def test_a_forgers_slow_dns_does_not_excuse_a_forgery(server: DnsServer, authenticator: Authenticator) -> None:
    """Signatures whose keys never come use up the time only after the victim's own domain has spoken."""
    server.records[".", "NS"] = ["a.root-servers.net."]
    server.add_text("_dmarc.example.net", "v=DMARC1; p=reject")
    server.add_text("mail.example.net", "v=spf1 -all")
    forged = RAW
    for number in range(5):
        stranger = Signer(f"s{number}.example.com")
        server.silent.add(stranger.key_name)
        forged = stranger.sign(forged)
    result = await authenticator.authenticate(forged, ENVELOPE)

    assert (result.spf, result.dmarc, result.is_failure) == (FAIL, FAIL, True)


@pytest.mark.parametrize(
    "field",
    [
        b"From : victim@mail.example.net\r\n",
        b"From: victim@mail.example.net\r\n",
        b"FROM\t: victim@mail.example.net\r\n",
    ],
)
async def test_a_second_author_is_never_verified(server: DnsServer, authenticator: Authenticator, field: bytes) -> None:
    """However it is written, and however many fields lie between: readers would see different authors."""
    signer = Signer("mail.example.net")
    signer.publish(server)
    hidden = field + b"X: 1\r\n" * 2_500 + signer.sign(RAW)
    result = await authenticator.authenticate(hidden, signature_only())

    assert (result.verifies_sender, result.is_failure) == (False, True)


async def test_a_mail_that_defeats_the_question_has_failed(server: DnsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of blanks keeps the library busy for minutes: the mail counts as forged, and the next one is asked."""
    monkeypatch.setattr("services.intake.email.authentication.authenticator._REST_SECONDS", 0.0)
    signer = Signer("example.net")
    signer.publish(server)
    signed = signer.sign(RAW, canonicalize=(b"relaxed", b"relaxed"))
    async with Authenticator(Settings(resolver=f"127.0.0.1:{server.port}"), dns_seconds=2.0) as authenticator:
        result = await authenticator.authenticate(signed + b" " * 1_000_000 + b"x\r\n", signature_only())
        again = await authenticator.authenticate(signed, signature_only())

    assert (result.source, result.is_failure) == (Source.DEFEATED, True)
    assert again.verifies_sender


async def test_without_a_resolver_nothing_is_known() -> None:
    """Switched off, a mail is neither verified nor a failure."""
    async with Authenticator(Settings(resolver="off")) as authenticator:
        result = await authenticator.authenticate(RAW, ENVELOPE)

    assert result == Authentication()
    assert not result.verifies_sender
    assert not result.is_failure


@pytest.mark.parametrize(
    ("spf", "dkim", "dmarc", "aligned", "verifies", "fails"),
    [
        (PASS, PASS, PASS, True, True, False),
        (FAIL, PASS, NONE, True, True, False),
        (PASS, PASS, NONE, False, False, False),
        (FAIL, PASS, NONE, False, False, True),
        (NONE, PASS, FAIL, True, False, True),
        (FAIL, FAIL, TEMPERROR, False, False, False),
    ],
)
def test_what_follows_from_the_results(
    spf: AuthResult, dkim: AuthResult, dmarc: AuthResult, *, aligned: bool, verifies: bool, fails: bool
) -> None:
    """DMARC decides; without a policy an aligned signature vouches, and a hard SPF failure does the opposite."""
    result = Authentication(spf, dkim, dmarc, aligned, Source.DNS)

    assert (result.verifies_sender, result.is_failure) == (verifies, fails)
    assert Authentication.from_json(result.to_json()) == result

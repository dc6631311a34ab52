"""Standard reports: of deliveries, of reading, of complaints; and whose return path they come to."""

from __future__ import annotations

from services.intake.email.rules import MailKind
from tests.intake.rules.mails import OURS, TOKEN, mail, report, verdict

FAILED = "Final-Recipient: rfc822; Erika@Example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
DELAYED = "Final-Recipient: rfc822; max@example.net\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
EXPIRED = "Final-Recipient: rfc822; max@example.net\r\nAction: failed\r\nStatus: 4.4.7\r\n"
DELIVERED = "Final-Recipient: rfc822; otto@example.net\r\nAction: relayed\r\nStatus: 2.0.0\r\n"
ALIASED = (
    "Final-Recipient: rfc822; e@b.example.net\r\nOriginal-Recipient: rfc822;erika@example.net\r\nAction: failed\r\n"
)
RETURN_PATH = f"rueckweg+{TOKEN}@example.org"


def test_a_report_names_who_failed_and_who_is_delayed() -> None:
    """Each in lower case and once, without those that were reached; the worst gives the status."""
    said = verdict(report([DELAYED, FAILED, FAILED, DELIVERED]))
    assert (said.kind, said.rule) == (MailKind.BOUNCE, "delivery-report")
    assert (said.bounced, said.permanent, said.status) == (("max@example.net", "erika@example.net"), True, "5.1.1")


def test_a_delay_and_an_expiry_are_not_permanent() -> None:
    """RFC 3463: class 4 says that the same may succeed later, even where this server has given up."""
    for group in (DELAYED, EXPIRED):
        said = verdict(report([group]))
        assert (said.bounced, said.permanent) == (("max@example.net",), False)


def test_a_success_report_names_nobody() -> None:
    """Whoever was reached did not bounce; it is no submission all the same."""
    said = verdict(report([DELIVERED], text="<otto@example.net>: delivered"))
    assert (said.kind, said.bounced, said.permanent) == (MailKind.BOUNCE, (), False)


def test_the_address_is_the_one_that_mail_was_sent_to() -> None:
    """RFC 3464 section 2.3.1: the original recipient is what the sender wrote, the final one where it was forwarded."""
    assert verdict(report([ALIASED])).bounced == ("erika@example.net",)


def test_a_report_inside_other_parts_is_one() -> None:
    """Lists and virus scanners put their own notes beside it."""
    inner = report([FAILED]).partition("Content-Type:")[2]
    raw = (
        "From: a@example.net\r\nSubject: [Liste] x\r\nList-Id: <l.example.net>\r\n"
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n"
        f"--o\r\nContent-Type:{inner}\r\n--o\r\nContent-Type: text/plain\r\n\r\nGeprüft.\r\n--o--\r\n"
    )
    assert verdict(raw).bounced == ("erika@example.net",)


def test_a_report_that_a_person_forwards_as_a_file_is_theirs() -> None:
    """It lies in an attached message, and what that holds is quoted."""
    raw = (
        "From: Erika <erika@example.net>\r\nSubject: Meine Mail an das Amt kam zurück\r\n"
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n"
        "--o\r\nContent-Type: text/plain\r\n\r\nWas kann ich tun?\r\n"
        f"--o\r\nContent-Type: message/rfc822\r\n\r\n{report([FAILED])}\r\n--o--\r\n"
    )
    assert verdict(raw).kind is MailKind.SUBMISSION


def test_fields_that_a_gateway_moved_into_the_text_count() -> None:
    """Some pass on the report as text under their own."""
    text = f"An error occurred.\n\nReporting-MTA: dsn; a.example.net\n\n{FAILED}"
    said = verdict(mail("MAILER-DAEMON@a.example.net", "Delivery", text))
    assert (said.bounced, said.status) == (("erika@example.net",), "5.1.1")


def test_a_bounce_bears_the_token_of_the_return_path_that_it_came_to() -> None:
    """By the envelope, or in a file by the fields; without one it says nothing about a mail of ours."""
    envelope = {"mail_from": "", "rcpt_tos": [RETURN_PATH.upper()]}
    assert verdict(report([FAILED]), envelope).token == TOKEN
    assert verdict(report([FAILED], f"Delivered-To: {RETURN_PATH}")).token == TOKEN
    assert verdict(report([FAILED]), {"mail_from": "", "rcpt_tos": ["ideen@example.org"]}).token == ""


def test_what_comes_to_the_return_path_is_never_a_submission() -> None:
    """What no rule knows is a bounce that proves nothing, an autoresponder, or an answer that a person has to place."""
    envelope = {"mail_from": "x@example.net", "rcpt_tos": [RETURN_PATH]}
    said = verdict(mail("x@example.net", "Hmm", "Das ging nicht."), {**envelope, "mail_from": ""})
    assert (said.kind, said.rule, said.token, said.permanent) == (MailKind.BOUNCE, "return-path", TOKEN, False)
    answer = verdict(mail("x@example.net", "Hmm", "Ich bin erst am 7.12. wieder da."), envelope)
    assert (answer.kind, answer.thread) == (MailKind.REPLY, None)
    assert verdict(mail("x@example.net", "Abwesenheitsnotiz", "Weg."), envelope).kind is MailKind.AUTO_REPLY


def test_the_null_sender_of_the_envelope_is_a_bounce_but_a_field_is_only_a_field() -> None:
    """RFC 5321 section 4.5.5; a Return-Path in the mail itself is anyone's word."""
    assert verdict(mail("x@example.net", "Hm", "Ja."), {"mail_from": "", "rcpt_tos": []}).rule == "null-sender"
    assert verdict(mail("x@example.net", "Radweg", "Ja.", "Return-Path: <>")).kind is MailKind.SUBMISSION


def test_a_read_receipt_is_an_automatic_answer() -> None:
    """RFC 8098: the mail arrived."""
    said = verdict(report(["Disposition: manual-action/MDN-sent-manually; displayed"], kind="disposition"))
    assert (said.kind, said.rule) == (MailKind.AUTO_REPLY, "read-receipt")


def test_a_filter_that_rejects_by_a_receipt_bounces() -> None:
    """RFC 5429: Sieve rejects in the form of a receipt."""
    raw = report(
        ["Final-Recipient: rfc822; erika@example.net\r\nDisposition: automatic-action/MDN-sent-automatically; deleted"],
        text="Your message to <erika@example.net> was automatically rejected:\r\nQuota exceeded",
        kind="disposition",
    ).replace("Subject: Report", "Subject: Rejected: Ihre Idee")
    said = verdict(raw)
    assert (said.kind, said.bounced) == (MailKind.BOUNCE, ("erika@example.net",))


def test_a_complaint_report_is_a_feed() -> None:
    """RFC 5965: the address works, and nobody wrote."""
    raw = (
        "From: fbl@example.net\r\nSubject: complaint\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b--\r\n"
    )
    assert (verdict(raw).kind, verdict(raw).rule) == (MailKind.LIST, "feedback-report")


def test_our_own_mail_coming_back_is_a_loop() -> None:
    """By its author, at whichever of our addresses, or by its Message-ID, even with Auto-Submitted."""
    for sender in ("Ideen@example.org", f"idee+{TOKEN}@example.org", RETURN_PATH):
        assert verdict(mail(sender, "Ihre Idee", "Danke.", "Auto-Submitted: auto-replied")).kind is MailKind.LOOP
    assert verdict(mail("fwd@example.net", "Ihre Idee", "Danke.", f"Message-ID: {OURS}")).kind is MailKind.LOOP

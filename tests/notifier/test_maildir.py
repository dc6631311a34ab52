from __future__ import annotations

import asyncio
import mailbox
from collections.abc import Callable
from pathlib import Path

from services.ideas.catalogue import Catalogue
from services.ideas.model import Notification
from services.notifier.channels.email import EmailDeliverer
from services.notifier.channels.maildir import Maildir
from services.notifier.outcome import Retry, Sent
from tests.notifier.samples import LINK, RETURN_TOKEN, UPDATE

Owed = Callable[..., Notification]


def deliverer(catalogue: Catalogue, directory: Path) -> EmailDeliverer:
    return EmailDeliverer(catalogue.texts, catalogue.settings.email, Maildir(directory))


async def test_a_mail_can_be_read_with_its_envelope(catalogue: Catalogue, owed: Owed, tmp_path: Path) -> None:
    """What is kept is a whole mail for any Maildir reader, with the envelope in its own fields."""
    notification = owed(return_token=RETURN_TOKEN)
    assert await deliverer(catalogue, tmp_path / "new" / "box").deliver(notification, UPDATE) == Sent()

    (mail,) = mailbox.Maildir(tmp_path / "new" / "box")
    assert (mail["Return-Path"], mail["Delivered-To"]) == (
        f"<rueckweg+{RETURN_TOKEN}@example.org>",
        "anna@example.net",
    )
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert LINK in mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]


async def test_mails_that_come_at_once_are_all_kept(catalogue: Catalogue, owed: Owed, tmp_path: Path) -> None:
    """Twenty mails at the same time are twenty whole files, and none is left half-written."""
    email = deliverer(catalogue, tmp_path / "box")

    outcomes = await asyncio.gather(*(email.deliver(owed(key=str(number)), UPDATE) for number in range(20)))

    assert outcomes == [Sent()] * 20
    assert len({mail["Message-ID"] for mail in mailbox.Maildir(tmp_path / "box")}) == 20
    assert list((tmp_path / "box" / "tmp").iterdir()) == []


async def test_a_disk_that_takes_nothing_means_another_try(catalogue: Catalogue, owed: Owed, tmp_path: Path) -> None:
    """Where the Maildir cannot be written the mail waits."""
    (tmp_path / "file").write_text("in the way")

    assert isinstance(await deliverer(catalogue, tmp_path / "file").deliver(owed(), UPDATE), Retry)

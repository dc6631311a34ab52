"""What one client, or many, may ask of the mail server."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from services.intake.email.receive import MailReceiver


async def _reply(reader: asyncio.StreamReader) -> str:
    line = await reader.readline()
    while line[3:4] == b"-":
        line = await reader.readline()
    return line.decode()


async def test_one_connection_too_many_is_asked_to_come_later(receiver: MailReceiver) -> None:
    """Two hundred clients are greeted; the next is told so at once, and is served when one of them has left."""
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        writers = []
        for _ in range(200):
            reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            stack.callback(writer.close)
            assert (await _reply(reader)).startswith("220")
            writers.append(writer)

        refused, late = await asyncio.open_connection("127.0.0.1", receiver.port)
        stack.callback(late.close)
        lines = (await refused.read()).decode().splitlines()
        assert any(line.startswith("421 4.3.2") for line in lines)

        writers[0].write(b"QUIT\r\n")
        await writers[0].drain()
        greeting = ""
        while not greeting.startswith("220"):
            reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            stack.callback(writer.close)
            greeting = await _reply(reader)


async def test_more_than_a_hundred_recipients_are_refused_for_now(receiver: MailReceiver) -> None:
    """A hundred recipients are taken, as RFC 5321 asks; the next one gets a temporary answer."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        await _reply(reader)
        answers = []
        for line in ["EHLO client.example.net", "MAIL FROM:<anna@example.net>"] + ["RCPT TO:<ideen@example.org>"] * 101:
            writer.write(line.encode() + b"\r\n")
            answers.append(await _reply(reader))
        writer.close()

    assert all(answer.startswith("250") for answer in answers[:-1])
    assert answers[-1].startswith("452 4.5.3")


async def test_an_endless_address_is_refused(receiver: MailReceiver) -> None:
    """An address longer than any that can be answered is nobody's, not even the postmaster's."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
        await _reply(reader)
        for line in ["EHLO client.example.net", "MAIL FROM:<anna@example.net>", f"RCPT TO:<postmaster@{'x' * 400}.de>"]:
            writer.write(line.encode() + b"\r\n")
            answer = await _reply(reader)
        writer.close()

    assert answer.startswith("550")

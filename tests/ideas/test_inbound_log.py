from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from services.ideas.errors import StoreError, StoreUnavailable
from services.ideas.inbound import InboundLog
from services.ideas.model import InboundMessage, Receipt
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import InboundRow
from tests.ideas.samples import message, number_of


class Commits:
    """The register's commit, counted, and held back while the gate is closed."""

    def __init__(self, register: Register | None = None) -> None:
        self.sizes: list[int] = []
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.poison = ""
        self._register = register

    async def commit(self, messages: Sequence[InboundMessage]) -> Sequence[Receipt]:
        """Receipts of the register, or numbers of our own where there is none."""
        self.sizes.append(len(messages))
        self.begun.set()
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        if self.poison in [each.external_id for each in messages]:
            raise StoreError("the store refused what it was given (22001)")
        if self._register is None:
            return tuple(Receipt(int(each.external_id), new=True) for each in messages)
        return await self._register.log(messages)


async def test_many_messages_share_few_transactions(register: Register, store: Store) -> None:
    """200 that arrive together are committed in a handful of transactions, and each gets its own receipt."""
    commits = Commits(register)
    async with InboundLog(commits.commit) as log:
        receipts = await asyncio.gather(*(log.append(message(str(number))) for number in range(200)))
    async with store.reading() as session:
        kept = {row.id: row.external_id for row in await session.execute(select(InboundRow.id, InboundRow.external_id))}

    assert [kept[receipt.id] for receipt in receipts] == [str(number) for number in range(200)]
    assert all(receipt.new for receipt in receipts)
    assert len(commits.sizes) <= 4


async def test_the_same_message_a_thousand_times_is_one(register: Register, store: Store) -> None:
    """However often it is sent, it is one row, and all senders read that it is kept."""
    async with InboundLog(register.log) as log:
        receipts = await asyncio.gather(*(log.append(message("same")) for _ in range(1000)))

    assert {receipt.id for receipt in receipts} == {receipts[0].id}
    assert [receipt.new for receipt in receipts].count(True) == 1
    assert await number_of(store, InboundRow) == 1


async def test_two_processes_that_log_the_same_keep_it_once(register: Register, store: Store) -> None:
    """The same messages in transactions of several processes, at once, are kept once each."""
    batch = [message(str(number)) for number in range(20)]
    all_receipts = await asyncio.gather(*(register.log(batch) for _ in range(5)))

    assert len(set(map(frozenset, ([receipt.id for receipt in receipts] for receipts in all_receipts)))) == 1
    assert sum(receipt.new for receipts in all_receipts for receipt in receipts) == 20
    assert await number_of(store, InboundRow) == 20


async def test_messages_get_their_numbers_in_the_order_of_arrival(register: Register) -> None:
    """Also where one of them came twice, the first that came has the lowest number."""
    receipts = await register.log([message("a"), message("b"), message("a"), message("c")])

    assert [receipt.id - receipts[0].id for receipt in receipts] == [0, 1, 0, 2]
    assert [receipt.new for receipt in receipts] == [True, True, False, True]


async def test_equal_ids_of_different_channels_are_different_messages(register: Register) -> None:
    """An id is unique within its channel only."""
    receipts = await register.log([message("1", channel="email"), message("1", channel="telegram")])

    assert [receipt.new for receipt in receipts] == [True, True]


async def test_nothing_is_acknowledged_when_the_commit_fails() -> None:
    """All whose transaction failed read so, and the next transaction is a new chance."""
    commits = Commits()
    commits.fault = StoreUnavailable("the store cannot be reached")
    async with InboundLog(commits.commit) as log:
        failed = await asyncio.gather(*(log.append(message(str(n))) for n in range(5)), return_exceptions=True)
        commits.fault = None
        receipt = await log.append(message("0"))

    assert [type(each) for each in failed] == [StoreUnavailable] * 5
    assert receipt.new


async def test_a_message_that_cannot_be_stored_does_not_take_its_company_along() -> None:
    """Of a transaction that the store refuses for good, all but the one message are kept."""
    commits = Commits()
    commits.poison = "3"
    async with InboundLog(commits.commit) as log:
        answers = await asyncio.gather(*(log.append(message(str(n))) for n in range(6)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [Receipt, Receipt, Receipt, StoreError, Receipt, Receipt]


async def test_an_unexpected_fault_does_not_end_the_log() -> None:
    """A defect reaches the one who appended, and the next message is stored."""
    commits = Commits()
    commits.fault = ZeroDivisionError()
    async with InboundLog(commits.commit) as log:
        with pytest.raises(ZeroDivisionError):
            await log.append(message("1"))
        commits.fault = None
        async with asyncio.timeout(5):
            assert (await log.append(message("2"))).new


async def test_what_its_sender_no_longer_waits_for_is_kept(register: Register, store: Store) -> None:
    """A client that hangs up in the middle of a commit has its message kept, and so has its company."""
    commits = Commits(register)
    commits.gate.clear()
    async with InboundLog(commits.commit) as log:
        impatient, patient = (asyncio.create_task(log.append(message(name))) for name in ("impatient", "patient"))
        await commits.begun.wait()
        impatient.cancel()
        await asyncio.wait([impatient])
        commits.gate.set()
        assert (await patient).new

    assert impatient.cancelled()
    assert await number_of(store, InboundRow, InboundRow.external_id == "impatient") == 1


async def test_too_many_waiting_messages_are_refused_at_once() -> None:
    """While the store hangs the log takes no more than it was told to, so that memory does not grow."""
    commits = Commits()
    commits.gate.clear()
    async with InboundLog(commits.commit, most_waiting=3) as log:
        first = asyncio.create_task(log.append(message("0")))
        await commits.begun.wait()
        waiting = [asyncio.create_task(log.append(message(str(number)))) for number in (1, 2, 3)]
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable, match="too many messages"):
            await log.append(message("4"))
        commits.gate.set()

        assert [receipt.id for receipt in await asyncio.gather(first, *waiting)] == [0, 1, 2, 3]


async def test_large_messages_share_a_transaction_only_up_to_a_limit() -> None:
    """One statement never carries more bytes than PostgreSQL takes, however many large mails arrive together."""
    raw = bytes(10 * 1024 * 1024)
    commits = Commits()
    async with InboundLog(commits.commit) as log:
        await asyncio.gather(*(log.append(message(str(number), raw=raw)) for number in range(9)))

    assert sum(commits.sizes) == 9
    assert max(commits.sizes) == 4


async def test_leaving_commits_what_waits_and_takes_no_more() -> None:
    """At a shutdown whoever was waiting still gets a receipt, and whoever comes later is sent away."""
    commits = Commits()
    commits.gate.clear()
    async with InboundLog(commits.commit) as log:
        first = asyncio.create_task(log.append(message("0")))
        await commits.begun.wait()
        waiting = [asyncio.create_task(log.append(message(str(number)))) for number in (1, 2)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(commits.gate.set)

    assert [task.result().id for task in (first, *waiting)] == [0, 1, 2]
    with pytest.raises(StoreUnavailable):
        await log.append(message("3"))

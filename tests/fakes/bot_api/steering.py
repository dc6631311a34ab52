"""What a test does with the server: people and groups, faults to come, and what to wait for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.bot_api.account import Account
from tests.fakes.bot_api.citizen import Citizen, private_chat
from tests.fakes.bot_api.faults import ANY_METHOD, DOWNLOAD, Answer, Cut, Drop, FaultScript, LostAnswer, Page, Slow
from tests.fakes.bot_api.group import Group, group_chat
from tests.fakes.hang import Hang

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.bot_api.wire import BotCommand, ResponseParameters, User


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot, and whether it was carried out: a refused one was not.

    `at` is when it arrived, in seconds of the event loop's clock.
    """

    method: str
    parameters: dict[str, Any]
    is_carried_out: bool = False
    at: float = 0.0


class Steering:
    """The test's side of a running server.

    Where a fault can be scripted, `method` is a name, "*" for all but getUpdates, or "download" for fetching a file;
    `chat_id` keeps it to the calls for one chat.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self._account = Account(token)
        self._faults = FaultScript()
        self._called: Counter[str] = Counter()

    @property
    def bot(self) -> User:
        """The bot as others see it."""
        return self._account.user

    @property
    def reads_all_groups(self) -> bool:
        """Whether the bot gets every message of its groups; in the beginning it is in privacy mode and does not."""
        return self._account.reads_all_groups

    @reads_all_groups.setter
    def reads_all_groups(self, value: bool) -> None:
        self._account.reads_all_groups = value

    @property
    def pending_updates(self) -> tuple[int, ...]:
        """The ids of the updates that the bot has not confirmed, oldest first."""
        return self._account.updates.pending

    @property
    def faults_by_chance(self) -> Counter[str]:
        """How many faults came by chance so far: "429", "500", "502", "dropped" before or "lost" after the work."""
        return self._faults.by_chance

    def read_time(self, now: Callable[[], float]) -> None:
        """Take the time from `now` (seconds since 1970) from here on, and no longer from the computer."""
        self._account.now = now

    def commands(self, language_code: str = "", scope: str = '{"type": "default"}') -> list[BotCommand]:
        """Return the commands that the bot set for a language ("" for all) and a scope (its JSON)."""
        return self._account.commands.get((scope, language_code), [])

    def about(self, kind: str, language_code: str = "") -> str:
        """Return the bot's "name", "description" or "short_description" as it set them for a language ("" for all)."""
        return self._account.about.get((kind, language_code), "")

    def citizen(
        self, chat_id: int, first_name: str, *, last_name: str = "", username: str = "", language_code: str = "de"
    ) -> Citizen:
        """Return a new person, who has not written to the bot yet."""
        user: User = {"id": chat_id, "is_bot": False, "first_name": first_name}
        if last_name:
            user["last_name"] = last_name
        if username:
            user["username"] = username
        if language_code:
            user["language_code"] = language_code
        return Citizen(self._account, self._account.open_chat(private_chat(user), is_open=False), user)

    def group(self, chat_id: int, title: str, *, member: Citizen, with_bot: bool = True) -> Group:
        """Return a new group with the bot in it, or not yet; `member` is who writes in it.

        Ids below -1,000,000,000,000 are those of supergroups, other negative ones those of basic groups.
        """
        return Group(self._account, self._account.open_chat(group_chat(chat_id, title), is_open=with_bot), member.user)

    def answer_next(
        self,
        method: str,
        count: int = 1,
        status: int = 429,
        description: str = "Too Many Requests: retry after 1",
        parameters: ResponseParameters | None = None,
        *,
        chat_id: int | None = None,
    ) -> None:
        """Refuse the next `count` calls of `method` without carrying them out."""
        self._faults.add(method, Answer(status, description, parameters), count, chat_id)

    def flood(self, retry_after: int, count: int = 1, *, method: str = ANY_METHOD, chat_id: int | None = None) -> None:
        """Answer the next `count` calls with 429 and how many seconds to wait."""
        description = f"Too Many Requests: retry after {retry_after}"
        self._faults.add(method, Answer(429, description, {"retry_after": retry_after}), count, chat_id)

    def page_next(self, method: str, count: int = 1, *, status: int = 502, reason: str = "Bad Gateway") -> None:
        """Answer the next `count` calls with a page of HTML, as a proxy does, without carrying them out."""
        self._faults.add(method, Page(status, reason), count)

    def hang_next(self, method: str, count: int = 1, *, chat_id: int | None = None) -> Hang:
        """Hold the next `count` calls until the returned value is released."""
        hang = Hang()
        self._faults.add(method, hang, count, chat_id)
        return hang

    def drop_next(self, method: str, count: int = 1, *, chat_id: int | None = None) -> None:
        """Close the connections of the next `count` calls without carrying them out."""
        self._faults.add(method, Drop(), count, chat_id)

    def lose_next_answer(self, method: str, count: int = 1, *, chat_id: int | None = None) -> None:
        """Carry out the next `count` calls, but close the connection instead of answering."""
        self._faults.add(method, LostAnswer(), count, chat_id)

    def slow_next(self, method: str, seconds: float, count: int = 1, *, chat_id: int | None = None) -> None:
        """Carry out the next `count` calls at once, but answer each only after so many seconds."""
        self._faults.add(method, Slow(seconds), count, chat_id)

    def cut_next_download(self, count: int = 1) -> None:
        """Close the connection in the middle of the next `count` files that are fetched."""
        self._faults.add(DOWNLOAD, Cut(), count)

    def random_faults(self, rate: float, seed: int) -> None:
        """Let a share of all calls (0: none) go wrong, getUpdates included, until this is called again.

        One fifth each: 429 with retry_after 1, 500, a page with 502, a connection dropped before, and one after the
        call is carried out.
        """
        self._faults.come_by_chance(rate, seed)

    def redeliver_random(self, rate: float, seed: int) -> None:
        """Hand a share of the updates that are made from now on out twice, the second time after confirmation."""
        self._account.updates.repeat_by_chance(rate, seed)

    async def redeliver(self, update_id: int, times: int = 1) -> None:
        """Send an update again, `times` times more, even if the bot has confirmed it."""
        self._account.updates.repeat(update_id, times)
        await self._account.changes.announce()

    def forget_presses(self) -> None:
        """Let all buttons that were pressed and not answered be too old to be answered."""
        for conversation in self._account.open_queries.values():
            conversation.open_presses.clear()
        self._account.open_queries.clear()

    async def delivered(self, update_id: int, times: int = 1, *, timeout_s: float = 5) -> None:
        """Return once the update was handed out `times` times in all (by a webhook: and accepted)."""
        counted = self._account.updates.deliveries
        what = f"delivery {times} of update {update_id}"
        await self._account.changes.expect(lambda: counted[update_id] >= times, what, timeout_s=timeout_s)

    def deliveries(self, update_id: int) -> int:
        """Return how often the update was handed out so far."""
        return self._account.updates.deliveries[update_id]

    async def polls(self, count: int, *, timeout_s: float = 5) -> None:
        """Return once exactly `count` calls of getUpdates are waiting (0: each was answered or its client is gone)."""
        await self._account.changes.expect(
            lambda: self._account.open_polls == count, f"a number of {count} polls", timeout_s=timeout_s
        )

    async def all_confirmed(self, *, timeout_s: float = 5) -> None:
        """Return once the bot has confirmed every update."""
        await self._account.changes.expect(
            lambda: not self._account.updates.pending_count, "confirmation", timeout_s=timeout_s
        )

    async def all_handed_out(self, *, timeout_s: float = 5) -> None:
        """Return once the bot has confirmed every update, and was given every repetition as well."""
        await self._account.changes.expect(
            lambda: not self._account.updates.is_waiting, "the last update", timeout_s=timeout_s
        )

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method so far."""
        return [each for each in self.calls if each.method == method]

    async def called(self, method: str, times: int = 1, *, timeout_s: float = 5) -> None:
        """Return once `method` was called `times` times in all, whatever came of it."""
        what = f"call {times} of {method}"
        await self._account.changes.expect(lambda: self._called[method] >= times, what, timeout_s=timeout_s)

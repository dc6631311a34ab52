"""One turn of a dialogue: who said or asked something, and the way to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas.admission import Admission
from services.ideas.chat import ChatMessage
from services.ideas.model import LoggedMessage
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import NotUnderstood, Pressed, Source
from services.ideas.tables import IdeaRow, SubmitterRow

Understood = Mapping[Source, Understanding]


@dataclass(slots=True)
class Turn:
    """What a turn works with. Answers go to the chat, under keys that the logged message makes unique."""

    session: AsyncSession
    admission: Admission
    logged: LoggedMessage
    submitter: SubmitterRow
    understood: Understood
    chat: ChatMessage | None = None
    pressed: Pressed | None = None
    _answers: int = field(default=0)

    @property
    def now(self) -> datetime:
        """When the program received what it reads."""
        return self.logged.message.received_at

    def understanding(self, source: Source) -> Understanding:
        """What the model made of something; raises NotUnderstood where it has not been asked yet."""
        if source not in self.understood:
            raise NotUnderstood(source)
        return self.understood[source]

    async def answer(
        self,
        template: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        idea: IdeaRow | None = None,
        key: str = "",
        beside: bool = False,
    ) -> None:
        """Owe an answer: a reply to the message, or in place of the one whose button was pressed.

        `key` is the notification's, where it is not to be unique for the message alone. `beside`: the message whose
        button was pressed stays as it is, and is replied to.
        """
        message = self.logged.message
        count = f":{self._answers}" if self._answers else ""
        where: dict[str, Any] = {}
        if self.pressed is not None and not self._answers:
            place = "answers" if beside else "edit"
            where = {place: self.pressed.message, "query": self.pressed.query}
        elif self.chat is not None:
            where = {"answers": self.chat.number}
        self._answers += 1
        owed = Owed(
            key=key or f"answer:{message.channel}:{message.external_id}{count}",
            channel=self.submitter.channel,
            template=template,
            parameters={**({"reference": idea.reference} if idea else {}), **where, **(parameters or {})},
            submitter_id=self.submitter.id,
        )
        await Outbox(self.admission.secret).owe(self.session, owed, self.now, idea)

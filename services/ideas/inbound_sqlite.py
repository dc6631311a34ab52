"""The inbound log on a plain SQLite connection: the hottest statement of all, without a library in between."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import sqlite

from services.ideas.errors import StoreError
from services.ideas.inbound import row_of
from services.ideas.model import InboundMessage, Receipt
from services.ideas.tables import InboundRow

_Convert = Callable[[Any], Any]


class SqliteInsert:
    """Inserts messages as `inbound.insert` does; call it inside a transaction."""

    def __init__(self) -> None:
        table: SqlTable = InboundRow.metadata.tables[InboundRow.__tablename__]
        dialect = sqlite.dialect()
        self._converters: dict[str, _Convert | None] = {
            column.name: column.type.bind_processor(dialect) for column in table.columns if not column.primary_key
        }
        names = ", ".join(self._converters)
        places = ", ".join("?" * len(self._converters))
        self._insert = (
            f"INSERT INTO {table.name} ({names}) VALUES ({places}) ON CONFLICT (channel, external_id) DO NOTHING"  # noqa: S608 - our own names
        )
        self._highest = f"SELECT coalesce(max(id), 0) FROM {table.name}"  # noqa: S608 - our own names
        self._find = f"SELECT id FROM {table.name} WHERE channel = ? AND external_id = ?"  # noqa: S608 - our own names

    def __call__(self, connection: sqlite3.Connection, messages: Sequence[InboundMessage]) -> tuple[Receipt, ...]:
        """Insert the messages that are new; the receipts come in the order of `messages`. Raises StoreError."""
        try:
            rows = [self._values(message) for message in messages]
        except (TypeError, ValueError) as error:
            raise StoreError(f"the store refused what it was given ({type(error).__name__})") from error
        (highest,) = connection.execute(self._highest).fetchone()
        inserted = connection.executemany(self._insert, rows).rowcount
        if inserted == len(messages):
            # Each new row gets the number after the highest one (https://sqlite.org/autoinc.html).
            return tuple(Receipt(highest + number, new=True) for number in range(1, inserted + 1))
        return self._receipts(connection, messages, highest)

    def _values(self, message: InboundMessage) -> tuple[Any, ...]:
        row = row_of(message)
        return tuple(
            convert(row[name]) if convert is not None else row[name] for name, convert in self._converters.items()
        )

    def _receipts(
        self, connection: sqlite3.Connection, messages: Sequence[InboundMessage], highest: int
    ) -> tuple[Receipt, ...]:
        told: set[int] = set()
        receipts = []
        for message in messages:
            (number,) = connection.execute(self._find, (message.channel, message.external_id)).fetchone()
            receipts.append(Receipt(number, new=number > highest and number not in told))
            told.add(number)
        return tuple(receipts)

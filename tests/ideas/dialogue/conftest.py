from __future__ import annotations

import pytest

from services.ideas.model import Sender
from services.ideas.register import Register
from services.ideas.store import Store
from tests.ideas.dialogue.talk import Talk


@pytest.fixture
def erika(register: Register, store: Store) -> Talk:
    return Talk(register, store)


@pytest.fixture
def ben(register: Register, store: Store) -> Talk:
    return Talk(register, store, Sender("telegram", "4712", verified=True))

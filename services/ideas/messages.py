"""The messages that people get: of which parts each consists, and what its templates may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The files of a message: a mail needs the first three, Telegram the fourth, a web page the last."""

    SUBJECT = "subject.txt"
    TEXT = "text.txt"
    HTML = "html.html"
    TELEGRAM = "telegram.txt"
    PAGE = "page.html"


@dataclass(frozen=True, slots=True)
class MessageForm:
    """What a message consists of, and the variables that its templates may use.

    `is_for_staff`: it is written in the region's own language alone.
    """

    parts: frozenset[Part]
    variables: frozenset[str]
    is_for_staff: bool = False


MAIL = frozenset({Part.SUBJECT, Part.TEXT, Part.HTML})
CHAT = frozenset({Part.TELEGRAM})
LEGAL = CHAT | {Part.PAGE}

_ALWAYS = frozenset({"region", "email"})
_IDEA = _ALWAYS | {"reference", "topics", "places", "candidates", "bodies", "link", "unsubscribe_link"}
_NOT_KEPT = frozenset({"too_large", "too_many", "largest_file", "most_files"})
# `question` is "", "place" or "topic", and `options` the answers among which the person may choose.
_CARD = _IDEA | _NOT_KEPT | {"abstained", "question", "options", "is_outside", "has_words", "has_files"}
# `inquiries` are the questions of `askers`; `is_moved` and `is_bundled` say what of stage and measure is news, and
# `has_notes` that there are notes, also where a chat is not shown them.
_NEWS = frozenset(
    {"stage", "explanation", "outlook", "until", "is_moved", "is_over", "notes", "has_notes", "inquiries", "askers"}
) | {"measure", "measure_number", "is_bundled"}
_OPERATOR = frozenset({"operator", "operator_address", "operator_phone", "operator_email", "data_protection_officer"})
_LEGAL = _ALWAYS | _OPERATOR | {"supervisory_authority", "raw_days", "contact_months", "privacy_link", "has_telegram"}
# `counts` are numbers by name; `sections` the ideas that are shown, by the name of each (services.notifier.digest).
_DIGEST = frozenset(
    {"body", "period", "sitting", "counts", "sections", "urgent", "rest", "link", "by_topic", "by_district", "examples"}
)
_RECEIPT = frozenset({"body", "notice", "items", "counts", "beside", "has_files", "until"})

MESSAGES: Mapping[str, MessageForm] = {
    # An idea on its way; `offers` say in each other language how it can be had.
    "confirmation": MessageForm(MAIL | CHAT, _CARD | {"confirm_link", "offers"}),
    "attachments": MessageForm(MAIL, _ALWAYS | _NOT_KEPT | {"reference", "link", "unsubscribe_link"}),
    "update": MessageForm(MAIL | CHAT, _IDEA | _NEWS | {"offers"}),
    # A talk about an idea
    "added": MessageForm(CHAT, _CARD),
    "edited": MessageForm(CHAT, _CARD),
    "confirmed": MessageForm(CHAT, _CARD),
    "corrected": MessageForm(CHAT, _CARD),
    "merged": MessageForm(CHAT, _CARD | {"merged"}),
    "ask_topic": MessageForm(CHAT, _ALWAYS | {"reference", "options"}),
    "ask_place": MessageForm(CHAT, _ALWAYS | {"reference"}),
    "unknown_place": MessageForm(CHAT, _ALWAYS | {"reference"}),
    "ask_addition": MessageForm(CHAT, _ALWAYS | {"reference"}),
    "ask_idea": MessageForm(CHAT, _ALWAYS),
    "ask_withdrawal": MessageForm(CHAT, _ALWAYS | {"reference"}),
    "withdrawn": MessageForm(CHAT, _ALWAYS | {"reference"}),
    "kept": MessageForm(CHAT, _ALWAYS | {"reference"}),
    # `reason` is "unknown" (no idea of this chat), "late" (bodies work on it already) or "nothing" (nothing is open).
    "not_possible": MessageForm(CHAT, _ALWAYS | {"reference", "reason"}),
    "file_lost": MessageForm(CHAT, _ALWAYS | {"reference"}),
    # A talk about anything else
    "notice": MessageForm(CHAT, _LEGAL),
    "welcome": MessageForm(CHAT, _LEGAL),
    "help": MessageForm(CHAT, _ALWAYS | {"commands"}),
    "greeting": MessageForm(CHAT, _ALWAYS),
    "thanks": MessageForm(CHAT, _ALWAYS),
    "no_words": MessageForm(CHAT, _ALWAYS),
    "status": MessageForm(CHAT, _ALWAYS | {"ideas", "asked"}),
    "ask_language": MessageForm(CHAT, _ALWAYS | {"languages"}),
    "language": MessageForm(CHAT, _ALWAYS),
    "updates": MessageForm(CHAT, _ALWAYS | {"is_on"}),
    "privacy": MessageForm(LEGAL, _LEGAL),
    "imprint": MessageForm(LEGAL, _LEGAL),
    "accessibility": MessageForm(LEGAL, _LEGAL),
    "export": MessageForm(CHAT, _ALWAYS | {"files_left_out"}),
    # `ideas`: how many there are; `is_archived`: texts are locked until the archive has released them.
    "ask_erasure": MessageForm(CHAT, _ALWAYS | {"ideas", "is_archived"}),
    "erased": MessageForm(CHAT, _ALWAYS | {"everything", "is_archived"}),
    "join_code": MessageForm(MAIL | CHAT, _ALWAYS | {"code", "minutes"}),
    "joined": MessageForm(MAIL | CHAT, _ALWAYS),
    "join_refused": MessageForm(CHAT, _ALWAYS),
    # Groups and bodies
    "group_welcome": MessageForm(CHAT, _ALWAYS | {"group", "body"}, is_for_staff=True),
    "group_help": MessageForm(CHAT, _ALWAYS | {"group", "body"}, is_for_staff=True),
    "digest": MessageForm(MAIL | CHAT, _ALWAYS | _DIGEST, is_for_staff=True),
    # What came of an answer to a digest, line by line; `notice` says why nothing was done (services.notifier.receipts).
    "receipt": MessageForm(MAIL, _ALWAYS | _RECEIPT, is_for_staff=True),
    # The mailboxes that a body's digest goes to are others from now on.
    "recipients": MessageForm(MAIL, _ALWAYS | {"body", "added", "removed"}, is_for_staff=True),
    # `event` is "new", "added" or "withdrawn".
    "alert": MessageForm(CHAT, _ALWAYS | {"body", "event", "reference", "topics", "places"}, is_for_staff=True),
}

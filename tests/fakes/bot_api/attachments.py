"""What a message can carry beside its text, field for field as the Bot API documents it.

Sizes are bytes, durations seconds, sides pixels, coordinates degrees (WGS 84), dates Unix seconds.
"""

from typing import Literal, NotRequired, TypedDict


class PhotoSize(TypedDict):
    """One size of a photo."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: NotRequired[int]


class Document(TypedDict):
    """A file of any kind."""

    file_id: str
    file_unique_id: str
    file_name: NotRequired[str]
    mime_type: NotRequired[str]
    file_size: NotRequired[int]


class Voice(TypedDict):
    """A voice note."""

    file_id: str
    file_unique_id: str
    duration: int
    mime_type: NotRequired[str]
    file_size: NotRequired[int]


class Audio(TypedDict):
    """A piece of music or another recording."""

    file_id: str
    file_unique_id: str
    duration: int
    performer: NotRequired[str]
    title: NotRequired[str]
    file_name: NotRequired[str]
    mime_type: NotRequired[str]
    file_size: NotRequired[int]


class Video(TypedDict):
    """A film."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    duration: int
    file_name: NotRequired[str]
    mime_type: NotRequired[str]
    file_size: NotRequired[int]


class VideoNote(TypedDict):
    """A round film; `length` is its diameter."""

    file_id: str
    file_unique_id: str
    length: int
    duration: int
    file_size: NotRequired[int]


class Sticker(TypedDict):
    """A sticker, and the emoji that it stands for."""

    file_id: str
    file_unique_id: str
    type: Literal["regular", "mask", "custom_emoji"]
    width: int
    height: int
    is_animated: bool
    is_video: bool
    emoji: NotRequired[str]
    set_name: NotRequired[str]
    file_size: NotRequired[int]


class Location(TypedDict):
    """A point; one with a `live_period` moves."""

    latitude: float
    longitude: float
    horizontal_accuracy: NotRequired[float]
    live_period: NotRequired[int]


class Venue(TypedDict):
    """A place that has a name."""

    location: Location
    title: str
    address: str


class Contact(TypedDict):
    """Somebody's telephone number."""

    phone_number: str
    first_name: str
    last_name: NotRequired[str]
    user_id: NotRequired[int]


class Dice(TypedDict):
    """An animated emoji with a random value."""

    emoji: str
    value: int


class PollOption(TypedDict):
    """One answer to a poll."""

    persistent_id: str
    text: str
    voter_count: int


class Poll(TypedDict):
    """A question with answers to choose from."""

    id: str
    question: str
    options: list[PollOption]
    total_voter_count: int
    is_closed: bool
    is_anonymous: bool
    type: Literal["regular", "quiz"]
    allows_multiple_answers: bool
    allows_revoting: bool
    members_only: bool

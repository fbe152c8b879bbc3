"""Rooms and their names."""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from accounts.caseless import caseless_key
from accounts.visible_text import is_invisible, visible_text
from chat.formatting.isolates import isolate
from chat.protocol import TOPIC_MAX_CHARACTERS

NAME_MAX_CHARACTERS = 64
KEY_MAX_CHARACTERS = 3 * NAME_MAX_CHARACTERS  # casefolding at most triples a character

PUNCTUATION = "-_. "
LETTERS_AND_DIGITS = ("L", "N")  # Unicode general categories, Unicode Standard 4.5
MARKS = ("Mn", "Mc")  # vowel signs and accents: allowed after a first letter
SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]{2,}")  # that NFKC makes a space


class RoomNameError(ValueError):
    """The text is no room name. The error text is for people, and says what a name may be."""

    def __init__(self) -> None:
        rule = gettext(
            "A room name can have 1 to %(limit)s characters: letters of any language, digits,"
            " hyphens, underscores, dots, and spaces in between."
        )
        super().__init__(rule % {"limit": NAME_MAX_CHARACTERS})


@dataclass(frozen=True, slots=True)
class RoomName:
    """A valid room name: `shown` as typed, with single spaces, and `key` as compared."""

    shown: str
    key: str

    @classmethod
    def parse(cls, typed: str) -> "RoomName":
        """Parse a room name that a person typed. Raises RoomNameError."""
        typed = SPACES.sub(" ", typed)
        normal = unicodedata.normalize("NFKC", typed)
        if not (0 < len(typed) <= NAME_MAX_CHARACTERS and _is_name(normal)):
            raise RoomNameError
        return cls(shown=typed, key=caseless_key(typed))


def _is_name(text: str) -> bool:
    return (
        0 < len(text) <= NAME_MAX_CHARACTERS
        and text == text.strip(" ")
        and text not in {".", ".."}  # browsers resolve these away: RFC 3986, 5.2.4
        and not unicodedata.category(text[0]).startswith("M")
        and not any(map(is_invisible, text))
        and text == visible_text(text)
        and all(_is_name_character(character) for character in text)
    )


def _is_name_character(character: str) -> bool:
    category = unicodedata.category(character)
    return character in PUNCTUATION or category[0] in LETTERS_AND_DIGITS or category in MARKS


class RoomQuerySet(models.QuerySet["Room"]):
    def named(self, name: RoomName) -> "Room | None":
        return self.filter(key=name.key).first()

    def ensure(self, name: RoomName) -> "Room":
        """The room of that name; created if there is none."""
        return self.ensure_all([name])[name.key]

    def ensure_all(self, names: Iterable[RoomName]) -> "dict[str, Room]":
        """The rooms of these names, by key. Creates missing ones, named as first typed."""
        wanted: dict[str, str] = {}
        for it in names:
            wanted.setdefault(it.key, it.shown)
        rooms = self.in_bulk(wanted, field_name="key")
        if missing := sorted(wanted.keys() - rooms.keys()):
            new = [Room(key=key, name=wanted[key]) for key in missing]
            self.bulk_create(new, ignore_conflicts=True)
            rooms |= self.in_bulk(missing, field_name="key")
        return rooms


class Room(models.Model):
    """A chat room. Every change in the room takes the next version."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the public id
    key = models.CharField(max_length=KEY_MAX_CHARACTERS, unique=True)  # one room per name
    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    topic = models.CharField(max_length=TOPIC_MAX_CHARACTERS, blank=True)
    version = models.PositiveBigIntegerField(default=0)  # of the last change
    last_seq = models.PositiveBigIntegerField(default=0)  # of the last message
    posted_at = models.DateTimeField(null=True, blank=True)  # of the last message
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("room")
        verbose_name_plural = gettext_lazy("rooms")

    def __str__(self) -> str:
        return isolate(self.name)

    @property
    def group(self) -> str:
        """The room's channel-layer group. Channels takes up to 99 ASCII characters."""
        return f"room.{self.uid.hex}"

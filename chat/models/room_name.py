"""The names of rooms."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext

from accounts.caseless import caseless_key
from chat.models.room_name_faults import NAME_MAX_CHARACTERS, fault, nearest

KEY_MAX_CHARACTERS = 3 * NAME_MAX_CHARACTERS  # casefolding at most triples a character

SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]{2,}")  # that NFKC makes a space


class RoomNameError(ValueError):
    """The text is no room name. `reason` and `rule` are for people: what is wrong, what is right.

    `nearest` is a name that is left without what is wrong, if there is one.
    """

    def __init__(self, reason: str, nearest: "RoomName | None" = None) -> None:
        rule = gettext(
            "A room name can have 1 to %(limit)s characters: letters of any language, digits,"
            " hyphens, underscores, dots, and spaces in between."
        )
        self.reason, self.nearest = reason, nearest
        self.rule = rule % {"limit": NAME_MAX_CHARACTERS}
        super().__init__(f"{self.reason} {self.rule}")


@dataclass(frozen=True, slots=True)
class RoomName:
    """A valid room name: `shown` as typed, with single spaces, and `key` as compared."""

    shown: str
    key: str

    @classmethod
    def parse(cls, typed: str) -> "RoomName":
        """Parse a room name that a person typed. Raises RoomNameError."""
        typed = SPACES.sub(" ", typed)
        if reason := fault(typed):
            raise RoomNameError(reason, cls._nearest(typed))
        return cls(shown=typed, key=caseless_key(typed))

    @classmethod
    def _nearest(cls, typed: str) -> "RoomName | None":
        name = SPACES.sub(" ", nearest(typed))
        return None if fault(name) else cls(shown=name, key=caseless_key(name))

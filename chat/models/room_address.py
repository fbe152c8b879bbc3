"""The addresses of rooms: an open room's name, or `~` and the id of another one."""

from dataclasses import dataclass
from uuid import UUID

from chat.models.room_name import RoomName

ID_SIGN = "~"  # cannot begin a name


@dataclass(frozen=True, slots=True)
class RoomId:
    """The address of a room that is not open. `shown` and `key` are as those of a RoomName."""

    key: str

    @property
    def shown(self) -> str:
        return self.key

    @classmethod
    def parse(cls, typed: str) -> "RoomId":
        """Parse an address that begins with `~`. What is no id is the id of no room."""
        try:
            return cls(key_of_id(UUID(typed.removeprefix(ID_SIGN))))
        except ValueError:
            return cls(ID_SIGN)


Address = RoomName | RoomId


def key_of_id(uid: UUID) -> str:
    """The key of a room that is not open."""
    return f"{ID_SIGN}{uid}"


def parse_address(typed: str) -> Address:
    """Parse the address of a room. Raises RoomNameError."""
    return RoomId.parse(typed) if typed.startswith(ID_SIGN) else RoomName.parse(typed)

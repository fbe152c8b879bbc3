"""What the operator says of an import."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5


@dataclass(frozen=True, slots=True)
class Options:
    """`origin` names where it comes from: of two Mattermosts, each has its own.

    With `opens_public`, public channels become open rooms: whoever has the address reads them.
    """

    origin: str = ""
    opens_public: bool = False

    def id(self, kind: str, *parts: object) -> UUID:
        """The id of what comes from there: the same each time."""
        return uuid5(
            NAMESPACE_URL, f"lobby:import:{self.origin}:{kind}:{':'.join(map(str, parts))}"
        )

    def room_kind(self, *, is_public: bool) -> str:
        return "open" if is_public and self.opens_public else "members"

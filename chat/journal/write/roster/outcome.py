"""What becomes of a change of who is in a room, or of the room itself."""

from dataclasses import dataclass, field
from typing import Any

from chat.journal.changes import Rejected
from chat.models import (
    HeldMessage,
    Invite,
    Knock,
    Member,
    Membership,
    ModerationAct,
    Role,
    RoomFilter,
    RoomName,
    Sanction,
)
from chat.models.event import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a change: its event, who comes in with which role, and who goes.

    `fields` of the room change, and its `name`. `has_equal_owners`: the accounts in the room own it
    now. `is_end`: the room is deleted. Those who come in see all that was said if `sees_history`;
    who has been in the room sees no more than then, unless that `lifts_bounds`. They may have used
    an `invite`. Who goes is `is_removed` by another person, or leaves. A sanction is `imposed`, or
    a stored one `lifted`; a held message is `rejected`; `filter` has what waits from now on.
    Newcomers knock from now on if `is_knocking`; a knock is `let_in` or `turned_away`. `act` is the
    line of the log.
    """

    event: Event | None = None
    added: dict[Member, Role] = field(default_factory=dict)
    removed: list[Membership] = field(default_factory=list)
    role: tuple[Membership, Role] | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    sees_history: bool = True
    lifts_bounds: bool = False
    name: RoomName | None = None
    has_equal_owners: bool = False
    is_end: bool = False
    invite: Invite | None = None
    is_removed: bool = False
    imposed: Sanction | None = None
    lifted: Sanction | None = None
    rejected: HeldMessage | None = None
    filter: RoomFilter | None = None
    let_in: Knock | None = None
    turned_away: Knock | None = None
    is_knocking: bool = False
    act: ModerationAct | None = None

    @property
    def told_rejection(self) -> Rejected | None:
        """What the author of a rejected message is told."""
        if (held := self.rejected) is None:
            return None
        why = self.act.why if self.act else ""
        return Rejected(str(held.member.uid), str(held.client_id), why)

    @property
    def revokes(self) -> bool:
        """Whether a revocation is appended: of a mute, also where it is lifted."""
        is_person = bool(self.removed or self.imposed or self.lifted)
        return is_person or self.is_end or self.is_knocking

    def visible_from(self, version: int, bound: int) -> int:
        """The first seq that somebody sees who comes in at this version, and had this bound."""
        if not self.sees_history:
            return version
        return 0 if self.lifts_bounds else bound

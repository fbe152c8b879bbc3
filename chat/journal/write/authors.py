"""The members who make the changes of one transaction."""

from collections.abc import Collection, Iterable
from uuid import UUID

from chat.journal.changes import Change, MemberId, Newcomer, Post
from chat.journal.write import statements
from chat.models import GuestClosing, Member


class Authors:
    """The members of a transaction, as they are in it: with the user whose account may be closed.

    A newcomer is stored with their first change, so nobody is stored whose changes are refused.
    `kept` has those of the pairs of member and room, by primary keys, where the room is in the
    member's list. A newcomer who is stored by now is missing there.
    """

    def __init__(self, changes: Collection[Change]) -> None:
        ids = {it.member_id for it in changes}
        newcomers = [it for it in ids if isinstance(it, Newcomer)]
        active = {
            (it.member_id, it.room_id) for it in changes if not isinstance(it.member_id, Newcomer)
        }
        found, self.kept = statements.members(active, [it.uid for it in newcomers])
        by_uid = {it.uid: it for it in found}  # a newcomer may be stored by now
        for it in newcomers:
            by_uid.setdefault(it.uid, Member(uid=it.uid, name=it.name))
        GuestClosing.objects.mark(by_uid[it.uid] for it in newcomers)
        self._members: dict[MemberId, Member] = {it.pk: it for it in found}
        self._members.update({it: by_uid[it.uid] for it in newcomers})
        self._accepted: list[Member] = []

    def get(self, id: MemberId) -> Member | None:
        return self._members.get(id)

    def pk(self, id: MemberId) -> int | None:
        """The primary key of a stored member, who may have been a newcomer."""
        member = self.get(id)
        return member.pk if member and member.is_saved else None

    def sent(self, changes: Iterable[Change]) -> list[tuple[Member, UUID]]:
        """The authors and client ids of the posts by stored members."""
        posts = [it for it in changes if isinstance(it, Post)]
        authors = [(self.get(it.member_id), it.client_id) for it in posts]
        return [(author, id) for author, id in authors if author and author.is_saved]

    def accept(self, member: Member) -> None:
        """The member has made a change: store a newcomer."""
        if not member.is_saved:
            self._accepted.append(member)

    def store(self) -> None:
        """Store the accepted newcomers, before what refers to them."""
        if self._accepted:
            Member.objects.ensure_saved(self._accepted)

"""Who may see a file: whoever may read its message now; before that, only its sender.

The picture of a person is for whoever may enter; that of a room, for whoever may find the room.
"""

from uuid import UUID

from chat import access
from chat.access import Found
from chat.models import File, Member, Picture, Room, RoomKind
from chat.policy import Action


def find(member: Member, uid: UUID) -> File | None:
    """The file that is ready, if the member may see it. The same queries where there is none."""
    files = File.objects.ready().select_related("room", "message", "member")
    file = files.filter(uid=uid).first()
    found = access.find_in(member, file.room if file else Room.new_private(RoomKind.MEMBERS))
    if file is None or found is None or not found.may(member, Action.READ):
        return None
    return file if _is_seen(file, member, found) else None


def find_picture(member: Member, uid: UUID) -> Picture | None:
    """The picture, if the member may see it. The same queries where there is none."""
    picture = Picture.objects.select_related("member", "room").filter(pk=uid).first()
    room: Room | None = getattr(picture, "room", None)
    found = access.find_in(member, room or Room.new_private(RoomKind.MEMBERS))
    is_seen = found is not None or hasattr(picture, "member")
    return picture if is_seen else None


def _is_seen(file: File, member: Member, found: Found) -> bool:
    if file.message is not None:
        return file.message.seq >= found.standing.visible_from
    if file.held_id is not None and found.may(member, Action.DELETE_OF_OTHERS):
        return True
    return _is_own(file, member)


def _is_own(file: File, member: Member) -> bool:
    if file.member_id == member.pk:
        return True
    return member.user_id is not None and member.user_id == file.member.claimed_by_id

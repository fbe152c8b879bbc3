"""Open rooms, and who keeps them."""

from chat.models import Member, Membership, Role, Room, RoomName


def new_open_room(name: str = "Lobby", owner: Member | None = None) -> Room:
    """An open room, as the first visit of an account makes it, or of a guest."""
    room = Room.objects.ensure(RoomName.parse(name))
    if owner:
        Membership.objects.create(member=owner, room=room, role=Role.OWNER)
    return room

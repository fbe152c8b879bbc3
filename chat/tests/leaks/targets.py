"""A room that is not open, and what a hostile person knows of it. The other one never existed."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from chat import reports
from chat.journal import Delete, Edit, Post, React
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.markup import mark_up
from chat.models import (
    File,
    Invite,
    Member,
    Membership,
    Message,
    ReportCase,
    Room,
    RoomKind,
    Subscription,
)
from chat.models.message import Kind
from chat.tests.support.files import new_picture, new_stored_picture, post_files
from chat.tests.support.private_rooms import add, applied, new_direct_room, new_members_room

NAME, TOPIC, TEXT = "Zimtstern", "Krokodilzucht", "Quittengelee"
FILE = "Apfelmus.png"
NEVER = 2**40  # the primary key of nothing


@dataclass(frozen=True)
class Target:
    """What somebody tries with: ids, names, seqs, primary keys. `pks` are by model."""

    uid: UUID
    name: str = NAME
    person: UUID = field(default_factory=uuid4)  # somebody in the room
    client_id: UUID = field(default_factory=uuid4)  # of a message there
    invite: UUID = field(default_factory=uuid4)  # its id, without the signature of its token
    picture: UUID = field(default_factory=uuid4)
    file: UUID = field(default_factory=uuid4)  # what its address has
    file_id: UUID = field(default_factory=uuid4)  # which its sender chose
    case: UUID = field(default_factory=uuid4)  # of a message that was reported there
    seqs: tuple[int, ...] = (2, 3, 4)
    version: int = 9
    pks: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"~{self.uid}"

    def pk(self, model: str) -> int:
        return self.pks.get(model, NEVER)

    def hidden(self, text: str) -> str:
        """The text without what was typed into the request, and may be repeated."""
        for known in map(str, _ids(self)):
            text = text.replace(known, "…").replace(known.upper(), "…").replace(f"{known[:8]}", "…")
        return text


def _ids(target: Target) -> tuple[UUID, ...]:
    of_file = target.file, target.file_id, target.picture
    return target.uid, target.person, target.client_id, target.invite, target.case, *of_file


def nowhere(person: Member) -> Target:
    """A room that never existed. The person does, elsewhere."""
    return Target(uuid4(), person=person.uid)


def new_den(ada: Member, ben: Member, former: Member, later: Member) -> Target:
    """A members room. `former` was taken out, and `later` sees what was said since."""
    room = new_members_room(ada, [ben, former], name=NAME)
    _talk(room, ada, ben, former)
    reports.report(ada, room, 4, f"{TEXT} is not to be had")
    applied(RemovePerson(room.pk, ada.pk, former.pk))
    add(room, ada, later, sees_history=False)
    applied(Post(room.pk, ada.pk, uuid4(), f"{TEXT} again"))
    return _target(room, ada)


def new_direct(ada: Member, ben: Member) -> Target:
    room = new_direct_room(ada, ben)
    _talk(room, ada, ben)
    return _target(room, ada)


def _talk(room: Room, *people: Member) -> None:
    ada, ben, *_ = people
    for person in people:
        text = f"{TEXT} by {person.name}, @everyone @{ben.name}"
        applied(Post(room.pk, person.pk, uuid4(), text, markup=mark_up(room, text)))
    applied(Post(room.pk, ada.pk, uuid4(), TOPIC, kind=Kind.TOPIC))
    applied(Post(room.pk, ben.pk, uuid4(), f"{TEXT} as an answer", reply_to=2))
    applied(React(room.pk, ben.pk, 2, "👍"))
    applied(Edit(room.pk, ada.pk, 2, f"{TEXT}, edited"))
    applied(Delete(room.pk, ben.pk, 3))
    post_files(ada, new_picture(ada, room, FILE), text=f"{TEXT} with a picture")


def _target(room: Room, person: Member) -> Target:
    room.refresh_from_db()
    room.picture = new_stored_picture()
    room.save(update_fields=["picture"])
    message = Message.objects.filter(room=room, author=person, kind=Kind.TEXT).earliest("seq")
    subscription = Subscription.objects.filter(room=room).earliest("pk")
    membership = Membership.objects.filter(room=room).earliest("pk")
    file = File.objects.get(room=room)
    pks = {
        "room": room.pk,
        "message": message.pk,
        "subscription": subscription.pk,
        "membership": membership.pk,
        "file": file.pk,
    }
    return Target(
        room.uid,
        name=NAME,
        picture=room.picture.uid,
        file=file.uid,
        file_id=file.client_id,
        case=_case(room),
        invite=Invite.objects.create(room=room, made_by=person).uid,
        person=person.uid,
        client_id=message.client_id,
        version=room.version,
        pks=pks,
    )


def _case(room: Room) -> UUID:
    """A direct room has none: operators would see it, as they may."""
    found = ReportCase.objects.filter(room=room).values_list("uid", flat=True).first()
    return found or uuid4()


KINDS = [RoomKind.MEMBERS, RoomKind.DIRECT]

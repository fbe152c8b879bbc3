"""The files of one transaction's messages: posts take them, edits and deletions give them up.

A file belongs to its room, so the room's lock lets one message at most have it. The file's own lock
decides between a post and who removes the file: its sender, or its job after a day.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from chat.journal.changes import FILE_IN_USE, NO_SUCH_FILE, Change, Files, Post, Refused
from chat.journal.write import statements
from chat.journal.write.authors import Authors
from chat.journal.write.related_rows import message_key
from chat.models import File, HeldMessage, Member, Message, Room
from chat.models.file import SentFile, with_alts

OwnKey = tuple[UUID, UUID]  # the uid of who posts, and the client id of a file


class Wanted(NamedTuple):
    """Files that a stored member wants to post in a room, by their client ids."""

    member: Member
    room_id: int
    ids: Sequence[UUID]


class AttachedFiles:
    """No query where nothing of the transaction has files; one for the files of all posts."""

    def __init__(self, changes: Iterable[Change], authors: Authors) -> None:
        posts = [it for it in changes if isinstance(it, Post) and it.files.ids]
        senders = [(authors.get(it.member_id), it) for it in posts]
        self._found: dict[OwnKey, File] = {}
        self.look_up(
            [
                Wanted(member, it.room_id, it.files.ids or ())
                for member, it in senders
                if member and member.is_saved
            ]
        )
        self._given: list[tuple[Message, Sequence[File], Files]] = []
        self._waiting: list[tuple[HeldMessage, Sequence[File]]] = []
        self._taken: set[int] = set()  # primary keys of files
        self._changed: list[Message] = []  # of which some files, or all, go

    def look_up(self, wanted: Sequence[Wanted]) -> None:
        """Find and lock files of members, and of guests whom their accounts have claimed.

        Who removes one of them meanwhile waits, and then finds that a message has it. The rooms
        are locked, so no other transaction of posts asks for files of theirs.
        """
        own = {it.member.pk: self._own(it.member) for it in wanted}
        files = File.objects.filter(room__in={it.room_id for it in wanted}).locked()
        found = files.chosen(
            [(pk, id) for it in wanted for pk in own[it.member.pk] for id in it.ids]
        )
        for member, _, ids in wanted:
            keys = ((pk, id) for pk in own[member.pk] for id in ids)
            self._found |= {(member.uid, id): found[pk, id] for pk, id in keys if (pk, id) in found}

    @staticmethod
    def _own(member: Member) -> list[int]:
        """The member, and the guests whom the member's account has claimed."""
        claimed = Member.objects.claimed_by(member) if member.user_id is not None else []
        return [member.pk, *claimed]

    def of_post(
        self, files: Files, room: Room, member: Member, held: HeldMessage | None = None
    ) -> list[File] | Refused:
        """The files of a post: the member's own, of this room, not yet used.

        `held` is the message that has waited with them.
        """
        found: list[File] = []
        for id in files.ids or ():
            file = self._found.get((member.uid, id))
            if file is None or file.room_id != room.pk or not file.is_ready:
                return Refused(*NO_SUCH_FILE)
            if self._is_used(file, held) or file in found:
                return Refused(*FILE_IN_USE)
            found.append(file)
        return found

    def _is_used(self, file: File, held: HeldMessage | None) -> bool:
        waits = file.held_id is not None and (held is None or file.held_id != held.pk)
        return waits or file.message_id is not None or file.pk in self._taken

    def give(self, message: Message, found: Sequence[File], files: Files) -> None:
        """Give files to a new message, or to the one that waited with them."""
        message.files = with_alts([it.as_sent() for it in found], files.alts)
        self._taken.update(it.pk for it in found)
        if found:
            self._given.append((message, found, files))

    def hold(self, held: HeldMessage, found: Sequence[File], files: Files) -> None:
        """Keep files for a message that waits."""
        held.files = [str(it.client_id) for it in found]
        self._taken.update(it.pk for it in found)
        for file in found:
            file.alt = files.alts.get(str(file.client_id), file.alt)
        if found:
            self._waiting.append((held, found))

    def kept(self, message: Message, files: Files) -> list[SentFile]:
        """The files of a message after an edit."""
        ids = None if files.ids is None else {str(it) for it in files.ids}
        stay = [it for it in message.files if ids is None or it["id"] in ids]
        return with_alts(stay, files.alts)

    def change(self, message: Message, files: list[SentFile]) -> None:
        """Change the files of a message: by an edit, or by its deletion."""
        if message.files != files:
            message.files = files
            self._changed.append(message)

    def store(self) -> None:
        """Store whose the files are, once the messages are stored."""
        self._store_given()
        for held, found in self._waiting:
            for file in found:
                file.held = held
            File.objects.bulk_update(found, ["held", "alt"])
        for message in self._changed:
            self._store_changed(message)
        if self._changed:
            Message.objects.bulk_update(self._changed, ["files"])

    def _store_given(self) -> None:
        unknown = {message_key(it) for it, _, _ in self._given if it.pk is None}
        pks = statements.primary_keys(unknown) if unknown else {}
        for message, found, files in self._given:
            message.pk = message.pk or pks[message_key(message)]
            rows = File.objects.filter(pk__in=[it.pk for it in found])
            own = {str(it.client_id) for it in found}
            rows.update(message=message, held=None)
            _store_alts(message, {id: it for id, it in files.alts.items() if id in own})

    @staticmethod
    def _store_changed(message: Message) -> None:
        left = [it["id"] for it in message.files]
        File.objects.filter(message=message).exclude(client_id__in=left).remove()
        _store_alts(message, {it["id"]: it.get("alt", "") for it in message.files})


def _store_alts(message: Message, alts: Mapping[str, str]) -> None:
    for id, alt in alts.items():
        File.objects.filter(message=message, client_id=id).exclude(alt=alt).update(alt=alt)

"""Files that people send, and their uploads. Their bytes are in the storage, under `key`."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.visible_text import visible_text
from chat import protocol
from chat.models import stored_bytes
from chat.models.client_ids import ClientKey, by_client_id
from chat.models.member import Member
from chat.models.message import Message
from chat.models.room import Room
from chat.models.room_filter import HeldMessage
from chat.picture_sizes import PREVIEW_SIZES
from chat.protocol import ALT_MAX_CHARACTERS

NAME_MAX_CHARACTERS = 200
TYPE_MAX_CHARACTERS = 100
HEAD_MAX_CHARACTERS = 1_000
UNSENT_KEPT = timedelta(days=1)  # a file that no message has
EXPIRE = "expire file"  # the kind of the job that removes what was never sent

SentFile = dict[str, Any]  # a file as `Message.files` has it


def clean_alt(typed: str) -> str:
    """What a picture shows, in one line. Raises InvalidText."""
    return visible_text(protocol.clean_alt(typed)).strip()


def clean_alts(alts: Mapping[uuid.UUID, str]) -> dict[str, str]:
    """What pictures show, by their client ids. Raises InvalidText."""
    return {str(id): clean_alt(text) for id, text in alts.items()}


class Part(NamedTuple):
    """A part of an upload: where it begins in the file, and its name in the storage."""

    begins_at: int
    name: str


class FileState(models.TextChoices):
    RECEIVING = "receiving", gettext_lazy("on its way")
    READY = "ready", gettext_lazy("there")


class FileQuerySet(models.QuerySet["File"]):
    def ready(self) -> "FileQuerySet":
        return self.filter(state=FileState.READY)

    def chosen(self, keys: Collection[ClientKey]) -> "dict[ClientKey, File]":
        """The files with these members and client ids. One query; none without keys."""
        return by_client_id(self, keys)

    def locked(self) -> "FileQuerySet":
        """The same, locked in one order: of who uses a file and who removes it, one comes first."""
        return self.order_by("pk").select_for_update(of=("self",))

    def of_room(self, room: Room) -> "FileQuerySet":
        """The files that the room's messages have, the last sent first."""
        sent = self.ready().filter(room=room, message__isnull=False)
        return sent.select_related("message__author").order_by("-message__seq", "-pk")

    def total_bytes(self) -> int:
        """What all files take together with their previews, also those on their way."""
        sizes = models.Sum(models.F("size") + models.F("previews_size"))
        return int(self.aggregate(total=sizes)["total"] or 0)

    @transaction.atomic
    def remove(self) -> int:
        """Delete the rows, and leave their bytes to a job of this transaction. Returns how many."""
        if files := list(self.locked()):
            stored_bytes.remove(key for it in files for key in it.stored_keys)
            File.objects.filter(pk__in=[it.pk for it in files]).delete()
        return len(files)


class File(models.Model):
    """A file that somebody sends, or sent, in a room.

    `client_id` is the sender's choice: sent again, it is the same file. `uid` is in its address.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(  # indexed below
        Member, on_delete=models.PROTECT, db_index=False, verbose_name=gettext_lazy("sender")
    )
    client_id = models.UUIDField()
    room = models.ForeignKey(Room, on_delete=models.PROTECT, verbose_name=gettext_lazy("room"))
    message = models.ForeignKey(  # whose deletion removes the file: see the write door
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="file_rows"
    )
    held = models.ForeignKey(  # the message that waits with it
        HeldMessage, on_delete=models.SET_NULL, null=True, blank=True, related_name="file_rows"
    )
    name = models.CharField(gettext_lazy("name"), max_length=NAME_MAX_CHARACTERS)
    type = models.CharField(gettext_lazy("type"), max_length=TYPE_MAX_CHARACTERS, blank=True)
    size = models.PositiveBigIntegerField(gettext_lazy("size"))  # bytes
    width = models.PositiveIntegerField(null=True, blank=True)  # pixels, of a picture
    height = models.PositiveIntegerField(null=True, blank=True)
    is_inline = models.BooleanField(default=False)  # browsers show or play it in the page
    is_animated = models.BooleanField(default=False)
    alt = models.CharField(max_length=ALT_MAX_CHARACTERS, blank=True)  # what a picture shows
    head = models.CharField(max_length=HEAD_MAX_CHARACTERS, blank=True)  # first lines of a text
    key = models.CharField(max_length=40, unique=True, editable=False)  # in the storage
    etag = models.CharField(max_length=64, blank=True, editable=False)  # of the bytes
    # The bytes of each preview there is, by its size: one of PREVIEW_SIZES, as text.
    previews: "models.JSONField[dict[str, int]]" = models.JSONField(default=dict, blank=True)
    previews_size = models.PositiveBigIntegerField(default=0)  # bytes of all previews
    received = models.PositiveBigIntegerField(default=0)  # bytes that came, of an upload
    parts = models.JSONField(default=list, blank=True)  # of an upload under way: see Part
    state = models.CharField(max_length=9, choices=FileState, default=FileState.RECEIVING)
    created_at = models.DateTimeField(gettext_lazy("begun"), default=timezone.now)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("file")
        verbose_name_plural = gettext_lazy("files")
        constraints = [
            # A file sent again is the same file.
            models.UniqueConstraint(fields=["member", "client_id"], name="file_sent_once"),
            # Only what has arrived is sent.
            models.CheckConstraint(
                condition=models.Q(message__isnull=True) | models.Q(state=FileState.READY),
                name="file_sent_is_ready",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def begin(cls, member: Member, room: Room, client_id: uuid.UUID, **fields: Any) -> "File":
        """An unsaved file whose upload begins."""
        uid = uuid.uuid4()
        key = stored_bytes.key_of(uid)
        return cls(uid=uid, member=member, room=room, client_id=client_id, key=key, **fields)

    @property
    def is_ready(self) -> bool:
        return self.state == FileState.READY

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def is_used(self) -> bool:
        """Whether a message has the file, or will when a moderator lets it through."""
        return self.message_id is not None or self.held_id is not None

    @property
    def stored_keys(self) -> list[str]:
        """The keys of all that the storage may have of this file."""
        previews = [self.preview_key(it) for it in PREVIEW_SIZES]
        return [self.key, *previews, *(self.part_key(name) for _, name in self.parts)]

    def preview_key(self, size: int) -> str:
        return f"{self.key}.{size}.webp"

    def part_key(self, name: str) -> str:
        return f"{self.key}.part/{name}"

    @property
    def path(self) -> str:
        """The address on this server, without the path that Lobby is under."""
        return path_of(self.uid, self.name)

    def as_sent(self) -> SentFile:
        """The file as `Message.files` has it."""
        sent: SentFile = {
            "id": str(self.client_id),
            "uid": str(self.uid),
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
        }
        others = {"animated": self.is_animated, "alt": self.alt, "head": self.head}
        return sent | {name: value for name, value in others.items() if value}


def path_of(uid: uuid.UUID | str, name: str) -> str:
    """The address of a file. One that is named like a preview gets another name there."""
    shown = f"_{name}" if name in {f"{size}.webp" for size in PREVIEW_SIZES} else name
    return f"/files/{uid}/{quote(shown, safe='')}"


def url_of(sent: SentFile) -> str:
    """The address of a sent file, with the path that Lobby is under."""
    return f"{settings.ROOT_PATH}{path_of(sent['uid'], sent['name'])}"


def with_alts(sent: Iterable[SentFile], alts: Mapping[str, str]) -> list[SentFile]:
    """Sent files with other texts for who does not see them, by client id; empty: none."""
    return [_with_alt(it, alts[it["id"]]) if it["id"] in alts else it for it in sent]


def _with_alt(sent: SentFile, alt: str) -> SentFile:
    others = {name: value for name, value in sent.items() if name != "alt"}
    return others | {"alt": alt} if alt else others

"""The small picture of a link's card. Its bytes are in the storage, under `key`."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy

from chat.models import stored_bytes
from chat.models.message import Message


class CardPictureQuerySet(models.QuerySet["CardPicture"]):
    def total_bytes(self) -> int:
        """What all pictures of cards take together."""
        return int(self.aggregate(total=models.Sum("size"))["total"] or 0)

    def remove(self) -> None:
        """Delete the rows, and leave their bytes to a job of this transaction."""
        if pictures := list(self):
            stored_bytes.remove(it.key for it in pictures)
            CardPicture.objects.filter(pk__in=[it.pk for it in pictures]).delete()


class CardPicture(models.Model):
    """A preview of the picture that a linked page names, made anew by us."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # in its address
    message = models.OneToOneField(  # whose deletion removes the picture: see the write door
        Message, on_delete=models.PROTECT, related_name="card_picture"
    )
    key = models.CharField(max_length=40, unique=True, editable=False)  # in the storage
    etag = models.CharField(max_length=64, editable=False)  # of the bytes
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()

    objects = CardPictureQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("picture of a link")
        verbose_name_plural = gettext_lazy("pictures of links")

    def __str__(self) -> str:
        return self.key

    @classmethod
    def begin(cls, **fields: int | str) -> "CardPicture":
        """An unsaved picture that no message has yet."""
        uid = uuid.uuid4()
        return cls(uid=uid, key=stored_bytes.key_of(uid), **fields)

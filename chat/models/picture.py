"""Pictures of people and rooms. Their bytes are in the storage, under `key`."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy

from chat.models import stored_bytes
from chat.picture_sizes import SQUARE_SIZES


class PictureQuerySet(models.QuerySet["Picture"]):
    def total_bytes(self) -> int:
        """What all pictures take together."""
        return int(self.aggregate(total=models.Sum("size"))["total"] or 0)

    def remove(self) -> None:
        """Delete the rows, and leave their bytes to a job of this transaction."""
        if pictures := list(self):
            stored_bytes.remove(key for it in pictures for key in it.stored_keys)
            Picture.objects.filter(pk__in=[it.pk for it in pictures]).delete()


class Picture(models.Model):
    """A square picture in a few sizes, of one member or one room. It never changes.

    `uid` is in its address: a new picture has a new one.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The bytes in each of SQUARE_SIZES, by the size as text.
    sizes: "models.JSONField[dict[str, int]]" = models.JSONField(default=dict)
    size = models.PositiveBigIntegerField(gettext_lazy("size"))  # bytes, of all sizes
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("picture")
        verbose_name_plural = gettext_lazy("pictures")

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def key(self) -> str:
        return stored_bytes.key_of(self.uid)

    @property
    def stored_keys(self) -> list[str]:
        return [self.key_of(it) for it in SQUARE_SIZES]

    def key_of(self, size: int) -> str:
        """Where the storage has the picture in one of SQUARE_SIZES."""
        return f"{self.key}.{size}.webp"

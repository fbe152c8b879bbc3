"""What a message said before it was edited."""

from django.db import models

from chat.models.room import Room


class Revision(models.Model):
    """An earlier wording of the message at `seq`, kept for moderators until it is deleted."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, db_index=False)  # see below
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()  # the last at which it read so
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq", "version"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.seq} at {self.version}"

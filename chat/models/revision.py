"""Earlier wordings of edited messages."""

from django.db import models

from chat.models.message import Message


class Revision(models.Model):
    """What a message said before an edit, kept for moderators until the message is deleted."""

    message = models.ForeignKey(  # the constraint below is its index
        Message, on_delete=models.CASCADE, db_index=False
    )
    version = models.PositiveBigIntegerField()  # the last at which the message read so
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "version"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message} at {self.version}"

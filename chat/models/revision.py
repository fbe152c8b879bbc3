"""Revisions: the texts of edited messages before each edit."""

from django.db import models

from chat.models.message import Message


class Revision(models.Model):
    """The text of a message before an edit; deleted together with the message."""

    message = models.ForeignKey(  # indexed by the constraint below
        Message, on_delete=models.CASCADE, db_index=False
    )
    version = models.PositiveBigIntegerField()  # the message's version with this text
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "version"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message} at {self.version}"

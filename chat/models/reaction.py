"""Reactions to messages."""

from django.db import models

from chat.models.member import Member
from chat.models.message import Message
from chat.protocol import EMOJI_MAX_CHARACTERS


class Reaction(models.Model):
    """One emoji of one member on one message."""

    message = models.ForeignKey(  # indexed by the constraint below
        Message, on_delete=models.CASCADE, db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    emoji = models.CharField(max_length=EMOJI_MAX_CHARACTERS)

    class Meta:
        constraints = [
            # Two clicks are one reaction.
            models.UniqueConstraint(fields=["message", "member", "emoji"], name="reaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message}"

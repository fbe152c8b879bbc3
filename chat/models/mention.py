"""Mentions of members in messages."""

from django.db import models
from django.db.models import Q

from chat.models.member import Member
from chat.models.message import Message
from chat.models.room import Room


class Mention(models.Model):
    """One member, or everybody in the room, whom a message mentions.

    `room` and `seq` are the message's: unread mentions are counted by one index, without a join.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    room = models.ForeignKey(  # the first constraint below is its index
        Room, on_delete=models.CASCADE, db_index=False
    )
    seq = models.PositiveBigIntegerField()
    member = models.ForeignKey(  # null: everybody
        Member, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        constraints = [
            # Also the index for counting: "of this member in this room after this seq".
            models.UniqueConstraint(fields=["room", "member", "seq"], name="mention_once"),
            models.UniqueConstraint(
                fields=["room", "seq"], condition=Q(member=None), name="mention_of_everybody_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member or 'everybody'} in {self.message}"

"""Mentions of members in messages."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from chat.models.member import Member
from chat.models.message import Message
from chat.models.room import Room


class MentionQuerySet(models.QuerySet["Mention"]):
    def move(self, source: Member, target: Member) -> None:
        """Make the mentions of a member those of another one."""
        has_both = Exists(self.filter(member=target, room=OuterRef("room"), seq=OuterRef("seq")))
        self.filter(has_both, member=source).delete()
        self.filter(member=source).update(member=target)


class Mention(models.Model):
    """A message mentions a member, or everybody in the room. A reply mentions whom it answers.

    `room` and `seq` copy the message's, so that one index counts unread mentions without a join.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    room = models.ForeignKey(  # indexed by the first constraint below
        Room, on_delete=models.CASCADE, db_index=False
    )
    seq = models.PositiveBigIntegerField()
    member = models.ForeignKey(  # null: everybody (@room)
        Member, null=True, blank=True, on_delete=models.PROTECT
    )

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            # Also the index for counting a member's mentions in a room after a seq.
            models.UniqueConstraint(fields=["room", "member", "seq"], name="mention_once"),
            models.UniqueConstraint(
                fields=["room", "seq"], condition=Q(member=None), name="mention_of_everybody_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member or 'everybody'} in {self.message}"

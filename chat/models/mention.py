"""Who was meant by a message."""

from django.db import models
from django.db.models import Q

from chat.models.member import Member
from chat.models.room import Room


class Mention(models.Model):
    """One member, or everybody in the room, whom the message at `seq` names."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, db_index=False)  # see below
    seq = models.PositiveBigIntegerField()
    member = models.ForeignKey(  # null: everybody
        Member, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "member", "seq"], name="mention_once"
            ),  # also the index for counting: "of me in this room after this seq"
            models.UniqueConstraint(
                fields=["room", "seq"], condition=Q(member=None), name="mention_of_everybody_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member or 'everybody'} in {self.room} #{self.seq}"

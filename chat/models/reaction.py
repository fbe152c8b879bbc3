"""What people felt about a message."""

from django.db import models

from chat.models.member import Member
from chat.models.room import Room
from chat.protocol import EMOJI_MAX_CHARACTERS


class Reaction(models.Model):
    """One emoji of one member, on the message at `seq`."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, db_index=False)  # see below
    seq = models.PositiveBigIntegerField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    emoji = models.CharField(max_length=EMOJI_MAX_CHARACTERS)

    class Meta:
        constraints = [
            # Who presses twice has reacted once.
            models.UniqueConstraint(
                fields=["room", "seq", "member", "emoji"], name="reaction_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.room} #{self.seq}"

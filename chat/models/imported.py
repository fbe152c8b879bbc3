"""What came from elsewhere: people, rooms, and the messages of the past with their times."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.db.models import Max
from django.utils import timezone

from chat.models.member import Member
from chat.models.room import Room

USERNAME_MAX_CHARACTERS = 150
EMAIL_MAX_CHARACTERS = 254


class ImportedPerson(models.Model):
    """A member who came over, and whom nobody is yet: see `manage.py claim`.

    The row goes when an account takes the member's messages over.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="imported")
    username = models.CharField(max_length=USERNAME_MAX_CHARACTERS, blank=True)  # there
    email = models.CharField(max_length=EMAIL_MAX_CHARACTERS, blank=True, db_index=True)
    belongs_to = models.ForeignKey(  # the account's own member, of a guest who was claimed there
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.member)


class ImportedRoomQuerySet(models.QuerySet["ImportedRoom"]):
    def arriving(self) -> "ImportedRoomQuerySet":
        """Those of which some messages may not be here yet: nobody finds them."""
        return self.filter(completed_at=None)


class ImportedRoom(models.Model):
    """A room that came over. Until it is complete, it has no people and no name."""

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="imported")
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = ImportedRoomQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.room)


class ImportedMessagesQuerySet(models.QuerySet["ImportedMessages"]):
    def record(self, pks: Collection[int], earliest: datetime) -> None:
        """Note which messages a transaction has stored, and when the first of them was sent."""
        first, last = min(pks), max(pks)
        self.create(first_pk=first, last_pk=last, earliest=earliest, stored_at=timezone.now())

    def first_after(self, moment: datetime) -> int:
        """A primary key from which on all imported messages were sent after `moment`."""
        found = self.filter(earliest__lte=moment).aggregate(last=Max("last_pk"))["last"]
        return (found or 0) + 1


class ImportedMessages(models.Model):
    """The messages that one transaction of an import has stored.

    They were sent before they were stored: see search/positions.py.
    """

    first_pk = models.PositiveBigIntegerField(db_index=True)
    last_pk = models.PositiveBigIntegerField()
    earliest = models.DateTimeField(db_index=True)
    stored_at = models.DateTimeField()

    objects = ImportedMessagesQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.first_pk} to {self.last_pk}"

"""Messages that were sent some days ago."""

from datetime import datetime, timedelta

from django.utils import timezone

from chat.models import Message, Room
from chat.retention import removing


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def age(room: Room, days: float, *seqs: int) -> None:
    """As if the room's messages, or those at these seqs, had been sent so long ago."""
    messages = Message.objects.filter(room=room)
    if seqs:
        messages = messages.filter(seq__in=seqs)
    messages.update(sent_at=days_ago(days))


def remove_all(room: Room, days: float = 30) -> int:
    """Remove all that was said so many days ago. Returns how many steps that took."""
    steps = 1
    while removing.remove_messages(room.pk, days_ago(days)).is_more:
        steps += 1
    while removing.remove_copies(room.pk, days_ago(days)):
        steps += 1
    return steps

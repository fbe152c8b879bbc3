"""What is true of every room, however its messages came there."""

from django.db.models import Count

from chat.models import File, Mention, Message, Reaction, Room
from chat.search import index
from chat.search.index import Wanted


def check(room: Room) -> None:
    """The rows of a room agree with each other."""
    room.refresh_from_db()
    messages = list(Message.objects.filter(room=room).order_by("seq"))
    if not messages:
        return
    versions = [it.version for it in messages]
    assert len(set(versions)) == len(versions), "two changes with one version"
    assert max(versions) <= room.version
    assert room.last_seq == messages[-1].seq
    seqs = {it.seq for it in messages}
    for it in messages:
        _check_message(it, seqs)
    found = index.candidates(Wanted(), {room.pk: 0}, None, 10_000)
    said = {it.seq for it in messages if it.kind != "event" and not it.is_deleted}
    assert {it.seq for it in found} == said, "the search index has other messages"


def check_appended(room: Room) -> None:
    """Where nothing was kept from elsewhere, each message took one version, and times grow."""
    room.refresh_from_db()
    messages = list(Message.objects.filter(room=room).order_by("seq"))
    assert [it.seq for it in messages] == list(range(1, len(messages) + 1))
    assert [it.version for it in messages] == [it.seq for it in messages]
    assert room.version == len(messages)
    times = [it.sent_at for it in messages]
    assert times == sorted(times)
    assert room.posted_at == times[-1]


def _check_message(message: Message, seqs: set[int]) -> None:
    rows = Reaction.objects.filter(message=message).values("emoji").annotate(count=Count("pk"))
    shown = {it["emoji"]: it["count"] for it in message.reactions}
    assert {it["emoji"]: it["count"] for it in rows} == shown
    mentions = Mention.objects.filter(message=message, room=message.room_id, seq=message.seq)
    assert mentions.count() == len(message.mentions)
    files = File.objects.filter(message=message)
    assert {str(it.client_id) for it in files} == {it["id"] for it in message.files}
    assert message.reply_to is None or message.reply_to in seqs

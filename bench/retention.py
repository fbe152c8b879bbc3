"""How long a step of retention holds the write door: `python -m bench.retention [messages]`.

On SQLite in a folder of its own, or with DATABASE_URL on PostgreSQL. Exits with 1 above 50 ms.
"""

import os
import sys
import tempfile
import time
from datetime import timedelta
from statistics import median
from uuid import uuid4

BOUND_SECONDS = 0.050
MESSAGES = 5_000
REACTIONS = 3_000
LENGTHS = (20, 200, 2_000, 8_000)  # characters of a message


def main() -> int:
    """Post messages of each length, and remove them step by step."""
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="lobby-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    _steps(LENGTHS[0], 100)  # what is imported and planned once
    runs = {f"{it} characters": (it, max(100, count * LENGTHS[0] // it), 0) for it in LENGTHS}
    runs[f"{REACTIONS} reactions"] = LENGTHS[0], 100, REACTIONS
    slowest = 0.0
    for name, run in runs.items():
        took = _steps(*run)
        slowest = max(slowest, *took)
        sys.stdout.write(
            f"{name:>16}: {len(took)} steps, median {median(took) * 1000:.1f} ms,"
            f" slowest {max(took) * 1000:.1f} ms\n"
        )
    return int(slowest > BOUND_SECONDS)


def _steps(length: int, count: int, reactions: int = 0) -> list[float]:
    """How many seconds each step takes; the first message has reactions."""
    from django.utils import timezone

    from chat.journal import Post
    from chat.journal.write.appender import commit
    from chat.models import Member, Message, Reaction, Room, RoomName
    from chat.retention import removing

    room = Room.objects.ensure(RoomName.parse(f"bench {uuid4()}"))
    author = Member.objects.create(name="Bench")
    texts = [f"{uuid4()} " * (length // 37 + 1) for _ in range(100)]
    posts = [
        Post(room.pk, author.pk, uuid4(), f"{it} {texts[it % 100]}"[:length]) for it in range(count)
    ]
    for start in range(0, count, 50):
        commit(posts[start : start + 50])
    people = Member.objects.bulk_create([Member(name="Bench") for _ in range(reactions)])
    first = Message.objects.filter(room=room).earliest("seq")
    Reaction.objects.bulk_create([Reaction(message=first, member=it, emoji="👍") for it in people])
    before, took, is_more = timezone.now() + timedelta(minutes=1), [], True
    while is_more:
        began = time.perf_counter()
        is_more = removing.remove_messages(room.pk, before).is_more
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    sys.exit(main())

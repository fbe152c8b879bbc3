"""What tests of pushes have in common."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.utils import timezone

from chat import runtime
from chat.journal import Post, database
from chat.journal.write.markup import mark_up
from chat.models import Job, Member, PushDevice, Room, Subscription
from chat.tests.support.private_rooms import append
from chat.tests.support.push_service import Browser, PushService


class Phone(NamedTuple):
    browser: Browser
    device: PushDevice
    service: PushService

    @property
    def pushes(self) -> list[Any]:
        """What it got."""
        return self.service.pushes(self.browser)

    @property
    def bodies(self) -> list[str]:
        return [it["body"] for it in self.pushes]


def listed(member: Member, room: Room, **fields: Any) -> None:
    """The room is in the member's list, and all is read."""
    Subscription.objects.record_visit(member, room)
    found = Subscription.objects.filter(member=member, room=room)
    found.update(kept_at=timezone.now(), **fields)


async def subscribe(member: Member, room: Room, **fields: Any) -> None:
    await database.write(listed, member, room, **fields)


async def post(room: Room, member: Member, text: str, reply_to: int | None = None) -> int:
    markup = await database.read(mark_up, room, text)
    change = Post(room.pk, member.pk, uuid4(), text, reply_to, markup=markup)
    return (await append(change)).entry.seq


async def work_off(*, skip: timedelta = timedelta(minutes=1)) -> None:
    """Work off what is due, and what will be soon."""

    def make_due() -> None:
        soon = Job.objects.filter(due_at__lte=timezone.now() + skip)
        soon.update(due_at=timezone.now())

    for _ in range(3):
        await database.write(make_due)
        await runtime.current().push_jobs.run_all()


async def has_jobs() -> bool:
    kinds = runtime.current().push_jobs.kinds
    return await database.read(Job.objects.filter(kind__in=kinds).exists)

"""From the journal of a running process to the phone, and what the first start makes."""

from uuid import uuid4

import pytest

from chat import runtime
from chat.journal import Post, database
from chat.journal.write import pushes
from chat.journal.write.markup import mark_up
from chat.models import Member, PushKey, Room
from chat.push import runner, vapid
from chat.tests.push.support import Phone
from mysite.servers import startup


async def test_a_posted_message_is_pushed_without_a_look_for_jobs_in_between(
    phone: Phone, lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "LOOKING_SECONDS", 0)
    monkeypatch.setattr(runner, "NUDGE_SECONDS", 0)
    now = runtime.current()
    now.start()
    markup = await database.read(mark_up, lobby, "@Bob tea?")
    await now.journal.append(Post(lobby.pk, alice.pk, uuid4(), "@Bob tea?", markup=markup))
    await phone.service.arrived.wait()
    assert phone.bodies == ["@Bob tea?"]


@pytest.mark.django_db(transaction=True)
def test_the_first_start_makes_the_key_and_later_ones_keep_it() -> None:
    startup.prepare_database()
    made = PushKey.objects.get().private
    startup.prepare_database()
    assert PushKey.objects.get().private == made
    assert vapid.ensure_key().private == made

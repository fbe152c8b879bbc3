"""`manage.py say`, and appending from synchronous code."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command

from accounts.models import User
from chat import runtime
from chat.journal import Appended, Post, database
from chat.journal.activity import POSTED
from chat.journal.roster_changes import RenameRoom
from chat.models import Member, Message, Room
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_account
from chat.tests.support.sockets import joined
from chat.transport import event_bus
from chat.transport.channel_layer import LayerClient, LayerMessage


@pytest.mark.django_db(transaction=True)
def test_a_script_posts_a_message() -> None:
    call_command("say", "Lobby", " The deploy is done. ", name="Robot")
    message = Message.objects.select_related("author", "room").get()
    assert (message.room.name, message.author.name) == ("Lobby", "Robot")
    assert (message.text, message.seq) == ("The deploy is done.", 1)
    call_command("say", "lobby", "Again.", name="Robot")
    assert Member.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_script_that_knows_an_old_name_posts_in_the_room() -> None:
    ada = new_account("Ada")
    room = new_open_room("Lobby", ada)
    applied(RenameRoom(room.pk, ada.pk, "Hall"))
    call_command("say", "lobby", "The deploy is done.")
    assert Message.objects.latest("seq").room == room
    assert Room.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_scripts_message_is_formatted_as_markdown() -> None:
    call_command("say", "Lobby", "**Done.** :tada: @room")
    message = Message.objects.get()
    assert "<strong>Done.</strong> 🎉" in message.html
    assert message.mentions == ["room"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("room", "text", "name"), [("a/b", "hi", "Robot"), ("lobby", " ", "Robot"), ("lobby", "hi", "")]
)
def test_a_bad_room_text_or_name_is_refused(room: str, text: str, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("say", room, text, name=name)
    assert not Message.objects.exists()


async def test_connections_receive_what_synchronous_code_appends(
    lobby: Room, alice: Member
) -> None:
    post = Post(lobby.pk, alice.pk, alice.uid, "from a view")
    async with joined("lobby") as socket:
        await socket.event()
        appended = await sync_to_async(runtime.append_from_sync)(post)
        assert (await socket.event())["text"] == "from a view"
        assert isinstance(appended, Appended)
        assert appended.entry.seq == 1
    assert await database.read(Message.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_a_scripts_message_is_news_in_other_rooms_before_the_script_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[str, Any]] = []

    async def record(client: LayerClient, group: str, message: LayerMessage) -> None:
        sent.append((group, message))

    monkeypatch.setattr(LayerClient, "send", record)
    call_command("say", "Lobby", "The deploy is done.")
    [message] = [message for group, message in sent if group == event_bus.GROUP]
    [(key, [post])] = [(key, items) for topic, key, items in message["events"] if topic == POSTED]
    assert (key, post[0]) == (str(Room.objects.get().pk), 1)


@pytest.mark.django_db(transaction=True)
def test_a_script_has_the_rights_of_the_member_it_speaks_as() -> None:
    call_command("say", "Lobby", "The deploy is done.", name="Robot")
    robot = Member.objects.get()
    robot.user = User.objects.create_user("robot", is_active=False)
    robot.save()
    with pytest.raises(CommandError, match="You cannot post in this room"):
        call_command("say", "Lobby", "Again.", name="Robot")
    assert Message.objects.count() == 1

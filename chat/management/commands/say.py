"""`manage.py say lobby "The deploy is done."`: post a message from a script."""

from argparse import ArgumentParser
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from chat.journal import Post, Refused
from chat.journal.write.markup import mark_up
from chat.models import Member, Room, RoomName, RoomNameError
from chat.models.member_name import clean_name
from chat.models.message import clean_text
from chat.protocol import InvalidText
from chat.runtime import append_from_sync


class Command(BaseCommand):
    help = "Posts a message to a room."
    requires_system_checks = []  # stderr is for errors: scripts mail what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room")
        parser.add_argument("text")
        parser.add_argument("--name", default="Lobby", help="who says it (default: Lobby)")

    def handle(self, *args: Any, room: str, text: str, name: str, **options: Any) -> None:
        try:
            self._post(Room.objects.ensure(RoomName.parse(room)), clean_text(text), name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except (RoomNameError, InvalidText, Refused) as refusal:
            raise CommandError(str(refusal)) from None

    def _post(self, room: Room, text: str, name: str) -> None:
        author, markup = _author(clean_name(name)), mark_up(room, text)
        append_from_sync(Post(room.pk, author.pk, uuid4(), text, markup=markup))


def _author(name: str) -> Member:
    """The member who posts as `name`: the same for every script."""
    uid = uuid5(NAMESPACE_URL, f"lobby:script:{name}")
    return Member.objects.get_or_create(uid=uid, defaults={"name": name})[0]

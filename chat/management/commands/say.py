"""`manage.py say lobby "The deploy is done."`: a message from a script, in everybody's timeline."""

from argparse import ArgumentParser
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from chat import protocol
from chat.journal import Post, Refused
from chat.journal.write.markup import marked_up
from chat.models import Member, Room, RoomName, RoomNameError
from chat.models.member import clean_name
from chat.protocol import InvalidText
from chat.runtime import append_from_sync


class Command(BaseCommand):
    help = "Posts a message to a room, as people there see it at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room")
        parser.add_argument("text")
        parser.add_argument("--name", default="Lobby", help="who says it (default: Lobby)")

    def handle(self, *args: Any, room: str, text: str, name: str, **options: Any) -> None:
        try:
            there = Room.objects.ensure(RoomName.parse(room))
            said = protocol.clean_text(text)
            markup = marked_up(there, said)
            post = Post(there.pk, _speaker(name).pk, uuid4(), said, markup=markup)
            append_from_sync(post)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except (RoomNameError, InvalidText, Refused) as refusal:
            raise CommandError(str(refusal)) from None


def _speaker(typed: str) -> Member:
    """One member for each name that scripts speak under."""
    name = clean_name(typed)
    uid = uuid5(NAMESPACE_URL, f"lobby:script:{name}")
    return Member.objects.get_or_create(uid=uid, defaults={"name": name})[0]

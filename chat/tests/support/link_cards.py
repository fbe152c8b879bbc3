"""Messages that have a card, as a job gives it to them."""

from uuid import uuid4

from django.core.files.base import ContentFile

from chat.files.storage import files_storage
from chat.journal import Appended, Post
from chat.journal.changes import SetCard
from chat.journal.write.markup import mark_up
from chat.models import CardPicture, Member, Room
from chat.tests.support.private_rooms import applied

BYTES = b"the bytes of a small picture"


def new_card_picture(content: bytes = BYTES) -> CardPicture:
    """A picture that is stored, and no message has yet."""
    picture = CardPicture.begin(etag="e", size=len(content), width=320, height=160)
    files_storage().save(picture.key, ContentFile(content))
    return picture


def post_with_card(room: Room, member: Member, url: str, title: str = "News") -> Appended:
    """Post a link, and give the message a card with a picture."""
    post = Post(room.pk, member.pk, uuid4(), url, markup=mark_up(room, url))
    seq = applied(post).entry.seq
    card = {"title": title, "text": "", "site": "example.com"}
    return applied(SetCard(room.pk, member.pk, seq, url, card, new_card_picture()))

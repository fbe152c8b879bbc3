"""The write door: which messages ask for cards, which get them, and what becomes of them."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from chat.journal import Appended, Delete, Edit, Post, Refused
from chat.journal.changes import NO_MARKUP, SetCard
from chat.journal.read import message_rows
from chat.journal.write.appender import commit
from chat.journal.write.link_cards import FETCH
from chat.journal.write.markup import mark_up
from chat.models import CardPicture, Job, Member, Message, Revision, Room
from chat.models.message import Kind
from chat.models.stored_bytes import REMOVE
from chat.tests.support.link_cards import new_card_picture
from chat.tests.support.private_rooms import applied, refusal

pytestmark = pytest.mark.django_db(transaction=True)

LINK = "https://news.example/a"
CARD = {"title": "News", "text": "All of them", "site": "The News"}


@pytest.fixture(autouse=True)
def cards_are_on(settings: Settings) -> None:
    settings.LINK_CARDS = True


def post_of(room: Room, member: Member, text: str = LINK, kind: Kind = Kind.TEXT) -> Post:
    markup = NO_MARKUP if kind == Kind.TOPIC else mark_up(room, text)
    return Post(room.pk, member.pk, uuid4(), text, kind=kind, markup=markup)


def post(room: Room, member: Member, text: str = LINK, kind: Kind = Kind.TEXT) -> int:
    return applied(post_of(room, member, text, kind)).entry.seq


def edit_of(room: Room, member: Member, seq: int, text: str, *, keeps_card: bool = True) -> Edit:
    markup = mark_up(room, text)
    return Edit(room.pk, member.pk, seq, text, markup, keeps_card=keeps_card)


def give(
    room: Room, member: Member, seq: int, url: str = LINK, picture: CardPicture | None = None
) -> Appended:
    return applied(SetCard(room.pk, member.pk, seq, url, CARD, picture))


def shown(appended: Appended) -> dict[str, Any] | None:
    card: dict[str, Any] | None = json.loads(appended.entry.json).get("card")
    return card


def jobs() -> list[dict[str, Any]]:
    return [it.state for it in Job.objects.filter(kind=FETCH).order_by("pk")]


def removed_keys() -> set[str]:
    return {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.ACTION])
def test_a_message_with_a_link_asks_for_one_card(lobby: Room, ada: Member, kind: Kind) -> None:
    seq = post(lobby, ada, f"{LINK} and https://b.example", kind)
    assert jobs() == [{"room": lobby.pk, "seq": seq}]


def test_other_messages_ask_for_none(lobby: Room, ada: Member) -> None:
    for text in ("hello", "**hello**", "`https://news.example`", "||https://news.example||"):
        post(lobby, ada, text)
    post(lobby, ada, LINK, Kind.TOPIC)
    assert jobs() == []


def test_with_the_setting_off_none_does(lobby: Room, ada: Member, settings: Settings) -> None:
    settings.LINK_CARDS = False
    seq = post(lobby, ada)
    applied(edit_of(lobby, ada, seq, "https://b.example"))
    assert jobs() == []


def statements(change: Post | Edit) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        applied(change)
    return [it["sql"].split(" ")[0] for it in queries]


def test_a_message_without_a_link_costs_what_it_did(
    lobby: Room, ada: Member, settings: Settings
) -> None:
    post(lobby, ada, "first")
    without = statements(post_of(lobby, ada, "**hello**"))
    with_link_on = statements(post_of(lobby, ada))
    settings.LINK_CARDS = False
    assert statements(post_of(lobby, ada, "**hello**")) == without
    assert statements(post_of(lobby, ada)) == without
    assert len(with_link_on) > len(without)


def test_a_card_that_goes_in_the_transaction_that_gives_it_leaves_no_bytes(
    lobby: Room, ada: Member
) -> None:
    seq, picture = post(lobby, ada), new_card_picture()
    given = SetCard(lobby.pk, ada.pk, seq, LINK, CARD, picture)
    outcomes = commit([given, Delete(lobby.pk, ada.pk, seq)])
    assert not any(isinstance(it, Refused) for it in outcomes)
    assert not CardPicture.objects.exists()
    assert picture.key in removed_keys()


def test_a_resend_asks_for_no_second_card(lobby: Room, ada: Member) -> None:
    posting = post_of(lobby, ada)
    applied(posting)
    assert applied(posting).is_duplicate
    assert len(jobs()) == 1


def test_a_message_gets_its_card_as_a_new_version_and_no_edit(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    before = Message.objects.get(seq=seq)
    picture = new_card_picture()
    appended = give(lobby, ada, seq, picture=picture)
    assert shown(appended) == {
        "url": LINK,
        **CARD,
        "picture": {"url": f"/cards/{picture.uid}.webp", "width": 320, "height": 160},
    }
    message = Message.objects.get(seq=seq)
    assert message.version == appended.entry.version == before.version + 1
    assert (message.edited_at, message.sent_at, message.text) == (None, before.sent_at, LINK)
    assert not Revision.objects.exists()
    assert (appended.post, appended.withdrawn, appended.changes_room) == (None, None, False)
    assert CardPicture.objects.get().message == message


def test_a_card_is_given_once(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq)
    again = give(lobby, ada, seq, picture=new_card_picture())
    assert again.is_duplicate
    assert "picture" not in (shown(again) or {})
    assert not CardPicture.objects.exists()


def test_a_card_of_another_link_a_deleted_or_no_message_is_refused(
    lobby: Room, ada: Member
) -> None:
    seq = post(lobby, ada)
    assert refusal(SetCard(lobby.pk, ada.pk, 99, LINK, CARD)) == "no_such_message"
    applied(edit_of(lobby, ada, seq, f"https://b.example {LINK}"))
    assert refusal(SetCard(lobby.pk, ada.pk, seq, LINK, CARD)) == "nothing_changes"
    applied(Delete(lobby.pk, ada.pk, seq))
    assert refusal(SetCard(lobby.pk, ada.pk, seq, LINK, CARD)) == "deleted"
    assert Message.objects.get(seq=seq).card is None


def test_a_card_stays_with_its_link(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq, picture=new_card_picture())
    edited = applied(edit_of(lobby, ada, seq, f"look: {LINK}"))
    assert shown(edited)
    assert len(jobs()) == 1
    assert CardPicture.objects.count() == 1


def test_a_card_goes_with_its_link_and_another_link_asks_for_another(
    lobby: Room, ada: Member
) -> None:
    seq = post(lobby, ada)
    picture = new_card_picture()
    give(lobby, ada, seq, picture=picture)
    edited = applied(edit_of(lobby, ada, seq, "https://b.example"))
    assert shown(edited) is None
    assert removed_keys() == {picture.key}
    assert not CardPicture.objects.exists()
    assert len(jobs()) == 2
    give(lobby, ada, seq, "https://b.example")
    assert shown(applied(edit_of(lobby, ada, seq, "no link"))) is None
    assert len(jobs()) == 2
    assert Message.objects.get(seq=seq).card is None


def test_a_card_goes_with_its_link_also_with_the_setting_off(
    lobby: Room, ada: Member, settings: Settings
) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq)
    settings.LINK_CARDS = False
    assert shown(applied(edit_of(lobby, ada, seq, "no link"))) is None


def test_a_deletion_removes_card_and_picture(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    picture = new_card_picture()
    give(lobby, ada, seq, picture=picture)
    assert shown(applied(Delete(lobby.pk, ada.pk, seq))) is None
    assert Message.objects.get(seq=seq).card is None
    assert removed_keys() == {picture.key}
    assert not CardPicture.objects.exists()


def test_the_author_takes_a_card_away_for_good_and_edits_nothing(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq, picture=new_card_picture())
    away = edit_of(lobby, ada, seq, LINK, keeps_card=False)
    appended = applied(away)
    assert shown(appended) is None
    assert Message.objects.get(seq=seq).edited_at is None
    assert not Revision.objects.exists()
    assert not CardPicture.objects.exists()
    assert applied(away).is_duplicate
    assert give(lobby, ada, seq).is_duplicate  # a job that was still under way
    applied(edit_of(lobby, ada, seq, f"look: {LINK}"))
    assert len(jobs()) == 1
    applied(edit_of(lobby, ada, seq, "https://b.example"))
    assert len(jobs()) == 2
    assert shown(give(lobby, ada, seq, "https://b.example"))


def test_an_edit_of_the_text_may_take_the_card_away(lobby: Room, ada: Member) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq)
    edited = applied(edit_of(lobby, ada, seq, f"look: {LINK}", keeps_card=False))
    assert shown(edited) is None
    assert Message.objects.get(seq=seq).edited_at


def test_others_take_no_card_away(lobby: Room, ada: Member, ben: Member) -> None:
    seq = post(lobby, ada)
    give(lobby, ada, seq)
    assert refusal(edit_of(lobby, ben, seq, LINK, keeps_card=False)) == "not_allowed"
    assert Message.objects.get(seq=seq).card


def test_a_message_deleted_in_the_transaction_that_posts_it_asks_for_none(
    lobby: Room, ada: Member
) -> None:
    outcomes = commit([post_of(lobby, ada), Delete(lobby.pk, ada.pk, lobby.version + 1)])
    assert not any(isinstance(it, Refused) for it in outcomes)
    assert jobs() == []


def test_history_has_the_card(lobby: Room, ada: Member) -> None:
    plain, seq = post(lobby, ada, "plain"), post(lobby, ada)
    appended = give(lobby, ada, seq, picture=new_card_picture())
    read = message_rows.read(lobby.pk, {}, "message.seq", 9)
    assert [it.json for it in read if it.seq == seq] == [appended.entry.json]
    assert all("card" not in json.loads(it.json) for it in read if it.seq == plain)

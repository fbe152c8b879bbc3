"""A posted link becomes a card: the job, the journal, and who may see its picture."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from chat import runtime
from chat.files import sweep
from chat.files.storage import files_storage
from chat.journal import Post, database
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.link_cards import FETCH
from chat.journal.write.markup import mark_up
from chat.link_cards import jobs as card_jobs
from chat.link_cards.fetching import FETCHES_OF_MEMBER
from chat.link_cards.jobs import TRIES_MAX, CardJobs
from chat.models import CardPicture, Job, Member, Message, Room
from chat.models.stored_bytes import REMOVE
from chat.tests.support.files import body_of
from chat.tests.support.link_cards import BYTES, post_with_card
from chat.tests.support.private_rooms import append, applied, new_members_room
from chat.tests.support.web_site import Site, page, serving_site

LINK = "http://news.example/"


@pytest.fixture
async def site(settings: Settings, lobby: Room) -> AsyncIterator[Site]:
    settings.ALLOWED_HOSTS, settings.LINK_CARDS = ["*"], True
    async with serving_site() as site:
        picture = BytesIO()
        Image.new("RGB", (800, 400), "teal").save(picture, "PNG")
        html = '<title>News</title><meta property="og:image" content="a.png">'
        site.on("/", page(html))
        site.on("/a.png", page(picture.getvalue(), type="image/png"))
        use(site)
        yield site


def use(site: Site) -> None:
    now = runtime.current()
    step = CardJobs(now.journal, site.fetcher()).step
    for jobs in now.card_jobs:
        jobs.on(FETCH, step)


async def post(room: Room, member: Member, text: str = LINK) -> int:
    markup = await database.read(mark_up, room, text)
    return (await append(Post(room.pk, member.pk, uuid4(), text, markup=markup))).entry.seq


async def work_off() -> None:
    await runtime.current().card_jobs[0].run_due()


async def message(seq: int) -> Message:
    return await database.read(Message.objects.select_related("author").get, seq=seq)


async def test_a_posted_link_gets_its_card(site: Site, lobby: Room, alice: Member) -> None:
    seq = await post(lobby, alice)
    await work_off()
    card: Any = (await message(seq)).card
    picture = await database.read(CardPicture.objects.get)
    assert card == {
        "url": LINK,
        "title": "News",
        "text": "",
        "site": "news.example",
        "picture": {"uid": str(picture.uid), "width": 320, "height": 160},
    }
    assert files_storage().size(picture.key) == picture.size
    assert not await database.read(Job.objects.exists)


async def test_where_files_have_no_space_left_a_card_has_no_picture(
    site: Site, lobby: Room, alice: Member, settings: Settings
) -> None:
    settings.FILES_MAX_BYTES = 1
    seq = await post(lobby, alice)
    await work_off()
    card: Any = (await message(seq)).card
    assert (card["title"], "picture" in card) == ("News", False)
    assert not await database.read(CardPicture.objects.exists)


async def test_two_messages_with_a_link_have_a_picture_each(
    site: Site, lobby: Room, alice: Member
) -> None:
    for _ in range(2):
        await post(lobby, alice)
    await work_off()
    assert site.paths == ["/", "/a.png"]
    keys = await database.read(lambda: {it.key for it in CardPicture.objects.all()})
    assert len(keys) == 2


async def test_what_has_changed_meanwhile_leaves_no_picture_behind(
    site: Site, lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {it.key for it in files_storage().stored()}
    seq = await post(lobby, alice)
    stale = await message(seq)
    monkeypatch.setattr(card_jobs, "_find", lambda state: stale)
    await work_off()
    first = await database.read(CardPicture.objects.get)
    await database.write(lambda: Job.objects.add(FETCH, room=lobby.pk, seq=seq))  # once more
    await work_off()
    await database.write(Message.objects.filter(seq=seq).update, html="", card=None)
    await database.write(lambda: Job.objects.add(FETCH, room=lobby.pk, seq=seq))
    await work_off()
    assert {it.key for it in files_storage().stored()} - before == {first.key}
    assert not await database.read(Job.objects.filter(kind=FETCH).exists)


async def test_nothing_is_fetched_for_a_message_that_is_gone_or_with_the_setting_off(
    site: Site, lobby: Room, alice: Member, settings: Settings
) -> None:
    await database.write(lambda: Job.objects.add(FETCH, room=lobby.pk, seq=99))
    seq = await post(lobby, alice)
    settings.LINK_CARDS = False
    await work_off()
    assert not site.requests
    assert (await message(seq)).card is None


async def test_what_is_too_often_is_tried_again_a_few_times(
    site: Site, lobby: Room, alice: Member
) -> None:
    for number in range(FETCHES_OF_MEMBER[0] + 1):
        await post(lobby, alice, f"{LINK}{number}")
    await work_off()
    assert len(site.requests) == FETCHES_OF_MEMBER[0]
    for tries in range(1, TRIES_MAX):
        job = await database.read(Job.objects.get)
        assert job.state["tries"] == tries
        assert job.due_at > timezone.now() + timedelta(seconds=30)
        await database.write(Job.objects.update, due_at=timezone.now())
        await work_off()
    assert not await database.read(Job.objects.exists)
    assert len(site.requests) == FETCHES_OF_MEMBER[0]


def picture_path() -> str:
    return f"/cards/{CardPicture.objects.get().uid}.webp"


@pytest.mark.django_db(transaction=True)
def test_the_picture_is_for_those_who_may_read_the_room(
    client: Client, ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben])
    post_with_card(den, ada, "https://example.com")
    for member, status in ((ada, 200), (ben, 200), (cleo, 404)):
        assert member.user
        client.force_login(member.user)
        assert client.get(picture_path()).status_code == status
    assert ben.user
    client.force_login(ben.user)
    answer = client.get(picture_path())
    assert body_of(answer) == BYTES
    assert (answer["Content-Type"], answer["Content-Disposition"][:6]) == ("image/webp", "inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    assert client.get(picture_path()).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_sweep_knows_the_pictures_of_cards(
    lobby: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "UNDER_WAY", timedelta(days=-1))
    post_with_card(lobby, ada, "https://example.com")
    picture = CardPicture.objects.get()
    assert picture.key not in {it.key for it in sweep.find().orphans}
    CardPicture.objects.all().delete()
    assert picture.key in {it.key for it in sweep.find().orphans}
    assert not Job.objects.filter(kind=REMOVE).exists()

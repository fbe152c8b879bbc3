"""The page of an invite: what it shows to whom, and the way into the room."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import invites
from chat.journal.roster_changes import AddPeople, RemovePerson
from chat.models import Invite, Member, Membership, Message, Room, Sanction
from chat.tests.support.pages import browser_of, get_page, post_form
from chat.tests.support.private_rooms import applied, new_account, new_invite, new_members_room
from mysite.logs import hide_secrets

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


@pytest.fixture
def den(ada: Member) -> Room:
    room = new_members_room(ada, name="Fuchsbau")
    room.topic = "Nuts & <b>bolts</b>"
    room.save()
    return room


@pytest.fixture
def invite(den: Room, ada: Member) -> Invite:
    return new_invite(den, ada)


@pytest.fixture
def for_guests(den: Room, ada: Member) -> Invite:
    return new_invite(den, ada, for_guests=True, note="for the bus")


def path_of(invite: Invite) -> str:
    return f"/invite/{invite.token}/"


def names_in(room: Room) -> set[str]:
    return set(Membership.objects.filter(room=room).values_list("member__name", flat=True))


def stored() -> tuple[int, ...]:
    models: list[Any] = [Member, Membership, Message, Room, User]
    return (*(it.objects.count() for it in models), Invite.objects.get().uses)


@pytest.mark.postgresql
def test_whoever_has_the_link_learns_who_invites_to_what(invite: Invite, ada: Member) -> None:
    page = Client().get(path_of(invite)).content.decode()
    assert "<bdi>Ada</bdi> invites you" in page
    assert "<bdi>Fuchsbau</bdi>" in page
    assert "Nuts &amp; &lt;b&gt;bolts&lt;/b&gt;" in page
    assert "1 person is in this room." in page


def test_the_note_is_for_moderators_alone(for_guests: Invite) -> None:
    assert "bus" not in Client().get(path_of(for_guests)).content.decode()


@pytest.mark.parametrize("somebody", ["nobody", "a guest", "an account"])
def test_looking_at_the_page_changes_nothing(for_guests: Invite, somebody: str) -> None:
    client = Client()
    if somebody == "a guest":
        client = browser_of(Member.objects.create(name="Gus"))
    elif somebody == "an account":
        client = browser_of(new_account("Ben"))
    before = stored()
    for ask in (client.get, client.head, client.get):
        assert ask(path_of(for_guests)).status_code == 200
    assert stored() == before


def test_an_account_comes_in(invite: Invite, den: Room) -> None:
    client = browser_of(new_account("Ben"))
    page = client.get(path_of(invite)).content.decode()
    assert "You come in as <bdi>Ben</bdi>" in page
    answer = client.post(path_of(invite))
    assert answer["Location"] == f"/chat/~{den.uid}/"
    assert client.get(answer["Location"]).status_code == 200
    assert names_in(den) == {"Ada", "Ben"}
    assert Invite.objects.get().uses == 1


def test_an_account_that_has_not_spoken_yet_comes_in(invite: Invite, den: Room) -> None:
    client = Client()
    client.force_login(User.objects.create_user("ben"))
    Member.objects.filter(user__username="ben").delete()
    client.post(path_of(invite))
    assert names_in(den) == {"Ada", "ben"}


def test_who_is_in_is_led_to_the_room_also_by_an_old_link(
    invite: Invite, den: Room, ada: Member
) -> None:
    client = browser_of(ada)
    for _ in range(2):
        for ask in (client.get, client.post):
            assert ask(path_of(invite))["Location"] == f"/chat/~{den.uid}/"
        invites.revoke(ada, den, invite.uid)
    assert Invite.objects.get().uses == 0


def test_pressing_twice_comes_in_once(invite: Invite, den: Room) -> None:
    client = browser_of(new_account("Ben"))
    answers = [client.post(path_of(invite)) for _ in range(2)]
    assert {it["Location"] for it in answers} == {f"/chat/~{den.uid}/"}
    assert Invite.objects.get().uses == 1


# --- guests -------------------------------------------------------------------------------------


def test_a_new_guest_comes_in_with_a_name(for_guests: Invite, den: Room) -> None:
    client = Client()
    assert "Come in as a guest" in client.get(path_of(for_guests)).content.decode()
    answer = client.post(path_of(for_guests), {"name": "Gus"})
    assert answer["Location"] == f"/chat/~{den.uid}/"
    assert client.get(answer["Location"]).status_code == 200
    assert names_in(den) == {"Ada", "Gus"}
    assert Client().get(answer["Location"]).status_code == 404


def test_a_guest_keeps_the_name(for_guests: Invite, den: Room) -> None:
    gus = Member.objects.create(name="Gus")
    client = browser_of(gus)
    assert 'value="Gus"' in client.get(path_of(for_guests)).content.decode()
    client.post(path_of(for_guests), {"name": "Gus"})
    assert Membership.objects.filter(room=den, member=gus).exists()


@pytest.mark.parametrize("name", ["", "  ", "Ada", "x" * 100])
def test_a_name_that_guests_cannot_have_stores_nobody(
    for_guests: Invite, den: Room, name: str
) -> None:
    before = stored()
    answer = Client().post(path_of(for_guests), {"name": name})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    assert stored() == before


def test_a_guest_is_asked_to_sign_in_where_the_invite_is_for_accounts(
    invite: Invite, den: Room
) -> None:
    client = browser_of(Member.objects.create(name="Gus"))
    page = client.get(path_of(invite)).content.decode()
    assert "Come in as a guest" not in page
    assert f'href="/accounts/login/?next={path_of(invite)}"' in page
    assert "/accounts/signup/?next=" in page
    assert client.post(path_of(invite), {"name": "Gus"}).status_code == 422
    assert names_in(den) == {"Ada"}


@pytest.mark.parametrize("guests_may", ["read", "off"])
def test_where_guests_may_not_speak_the_page_asks_to_sign_in(
    for_guests: Invite, den: Room, settings: Settings, guests_may: str
) -> None:
    settings.GUESTS = guests_may
    client = Client()
    page = client.get(path_of(for_guests))
    assert page.status_code == 200
    assert "Come in as a guest" not in page.content.decode()
    client.post(path_of(for_guests), {"name": "Gus"})
    assert names_in(den) == {"Ada"}


def test_a_blocked_guest_is_told_so(for_guests: Invite) -> None:
    gus = Member.objects.create(name="Gus")
    Sanction.objects.ban(gus, timezone.now() + timedelta(hours=1))
    assert browser_of(gus).get(path_of(for_guests)).status_code == 403
    assert browser_of(gus).post(path_of(for_guests), {"name": "Gus"}).status_code == 403


# --- signing up and in --------------------------------------------------------------------------


def link_to(page: str, address: str) -> str:
    """The target of the link to this address."""
    start = page.index(f'href="{address}') + len('href="')
    return page[start : page.index('"', start)].replace("&amp;", "&")


def test_the_invite_survives_signing_up(invite: Invite, den: Room) -> None:
    client = Client()
    sign_up = link_to(client.get(path_of(invite)).content.decode(), "/accounts/signup/")
    assert client.get(sign_up).status_code == 200
    next = parse_qs(urlsplit(sign_up).query)["next"][0]
    form = {"username": "ben", "password1": PASSWORD, "next": next}
    answer = client.post("/accounts/signup/", form)
    assert answer["Location"] == path_of(invite)
    assert client.post(answer["Location"])["Location"] == f"/chat/~{den.uid}/"
    assert Membership.objects.filter(room=den, member__user__username="ben").exists()


def test_the_invite_survives_signing_in(invite: Invite) -> None:
    User.objects.create_user("ben", password=PASSWORD)
    client = Client()
    sign_in = link_to(client.get(path_of(invite)).content.decode(), "/accounts/login/")
    page = client.get(sign_in).content.decode()
    assert f'name="next" value="{path_of(invite)}"' in page
    sign_up = link_to(page, "/accounts/signup/")
    assert parse_qs(urlsplit(sign_up).query)["next"] == [path_of(invite)]
    form = {"login": "ben", "password": PASSWORD, "next": path_of(invite)}
    assert client.post("/accounts/login/", form)["Location"] == path_of(invite)


def test_another_browser_goes_on_with_the_same_link(invite: Invite, den: Room) -> None:
    ben = new_account("Ben")
    Client().get(path_of(invite))  # in the app in which the link came
    browser_of(ben).post(path_of(invite))
    assert names_in(den) == {"Ada", "Ben"}


def test_where_sign_up_takes_an_invite_that_into_a_room_is_one(
    invite: Invite, settings: Settings
) -> None:
    settings.SIGNUP = "invite"
    client = Client()
    sign_up = link_to(client.get(path_of(invite)).content.decode(), "/accounts/signup/")
    assert "No new accounts" not in client.get(sign_up).content.decode()
    next = parse_qs(urlsplit(sign_up).query)["next"][0]
    form = {"username": "ben", "password1": PASSWORD, "next": next}
    assert client.post("/accounts/signup/", form)["Location"] == path_of(invite)


def test_an_invite_to_sign_up_that_a_room_gave_lasts_an_hour(
    invite: Invite, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGNUP = "invite"
    before, client = time.time(), Client()
    page = Client().get(path_of(invite)).content.decode()
    sign_up, after = link_to(page, "/accounts/signup/"), time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: before + 3_599)
    assert "No new accounts" not in client.get(sign_up).content.decode()
    monkeypatch.setattr("django.core.signing.time.time", lambda: after + 3_602)
    assert "No new accounts" in client.get(sign_up).content.decode()
    assert "No new accounts" in Client().get(sign_up).content.decode()


def test_where_nobody_signs_up_the_page_offers_to_sign_in_alone(
    invite: Invite, settings: Settings
) -> None:
    settings.SIGNUP = "off"
    page = Client().get(path_of(invite)).content.decode()
    assert "/accounts/signup/" not in page
    assert "/accounts/login/" in page


# --- invites that let nobody in -----------------------------------------------------------------


def revoke(invite: Invite) -> None:
    Invite.objects.revoke()


def expire(invite: Invite) -> None:
    Invite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(invite: Invite) -> None:
    Invite.objects.update(uses_max=1, uses=1)


def archive(invite: Invite) -> None:
    Room.objects.update(archived_at=timezone.now())


def delete_room(invite: Invite) -> None:
    Room.objects.update(deleted_at=timezone.now())


def forget_maker(invite: Invite) -> None:
    User.objects.filter(username="ada").delete()


def delete_row(invite: Invite) -> None:
    Invite.objects.all().delete()


def remove_who_asks(invite: Invite) -> None:
    ada, ben = (Member.objects.get(name=it) for it in ("Ada", "Ben"))
    applied(AddPeople(invite.room_id, ada.pk, (ben.pk,)))
    applied(RemovePerson(invite.room_id, ada.pk, ben.pk))


def in_no_second(answer: Any) -> dict[str, str]:
    """The headers, but the one that says when the answer was given."""
    return {name: value for name, value in answer.headers.items() if name != "Expires"}


@pytest.mark.parametrize(
    "end",
    [revoke, expire, use_up, archive, delete_room, forget_maker, delete_row, remove_who_asks],
)
def test_an_invite_that_lets_nobody_in_is_like_one_that_never_was(
    invite: Invite, den: Room, end: Callable[[Invite], None]
) -> None:
    client = browser_of(new_account("Ben"))
    never = client.get("/invite/never/")
    assert never.status_code == 404
    assert "Fuchsbau" not in never.content.decode()
    end(invite)
    tokens = [invite.token, invite.token[:-1], invite.token + "A", str(invite.uid), "x" * 2_000]
    for ask in (client.get, client.post):
        for token in tokens:
            answer = ask(f"/invite/{token}/")
            assert (answer.status_code, answer.content) == (404, never.content)
            assert in_no_second(answer) == in_no_second(never)
    assert names_in(den) <= {"Ada", "Former member"}


def test_who_was_removed_comes_back_by_a_new_invite(invite: Invite, den: Room, ada: Member) -> None:
    client = browser_of(new_account("Ben"))
    remove_who_asks(invite)
    assert client.get(path_of(invite)).status_code == 404
    assert Client().get(path_of(invite)).status_code == 200  # for others, it goes on
    client.post(path_of(new_invite(den, ada)))
    assert "Ben" in names_in(den)


def test_a_full_room_says_so(invite: Invite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.journal.write.roster.decisions.PEOPLE_MAX", 1)
    answer = browser_of(new_account("Ben")).post(path_of(invite))
    assert answer.status_code == 409
    assert "at most" in answer.content.decode()


# --- the token ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_valid", [True, False])
def test_the_address_is_no_referrer_in_no_cache_and_no_index(
    invite: Invite, is_valid: bool
) -> None:
    answer = Client().get(path_of(invite) if is_valid else "/invite/never/")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_the_token_is_in_no_log(invite: Invite) -> None:
    path = path_of(invite)
    for before in ("", "/lobby", "/accounts/login/?next="):
        assert hide_secrets(f"GET {before}{path}") == f"GET {before}/invite/…/"
    encoded = f"/accounts/signup/?next={quote(path, safe='')}&a=b"
    assert hide_secrets(encoded) == "/accounts/signup/?next=%2Finvite%2F…&a=b"


def test_the_installed_app_opens_the_links() -> None:
    scope = Client().get("/manifest.webmanifest").json()["scope"]
    assert "/invite/x/".startswith(scope)


async def test_looking_and_coming_in_have_a_rate_also_with_tokens_that_never_were(
    settings: Settings, alice: Member
) -> None:
    assert settings.RATE_TABLE["join"] == ((60, 600), (2_000, 600))
    settings.RATES = {"join": ((3, 600), None)}
    answers = [await get_page(alice, "/invite/never/") for _ in range(4)]
    answers.append(await post_form(alice, "/invite/never/"))
    assert [it.status_code for it in answers] == [404, 404, 404, 429, 429]

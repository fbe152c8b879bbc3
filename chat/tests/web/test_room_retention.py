"""The settings page sets how long messages are kept: never longer than in the installation."""

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from chat.journal.roster_changes import SetRetention
from chat.models import Member, Message, ModerationAct, Role, Room
from chat.policy import Action, is_for
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_direct_room,
    new_members_room,
    refusal,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


def client_of(member: Member) -> Client:
    client = Client()
    assert member.user
    client.force_login(member.user)
    return client


def set_days(room: Room, by: Member, days: str) -> HttpResponse:
    address = f"/chat/{room.address}/settings/retention"
    answer: HttpResponse = client_of(by).post(address, {"days": days})  # type: ignore[assignment]
    room.refresh_from_db()
    return answer


def test_an_owner_sets_the_days_and_the_room_sees_it(tea: Room, ada: Member) -> None:
    assert set_days(tea, ada, "30").status_code in {204, 302}
    assert (tea.kept_days, tea.retention_days) == (30, 30)
    message = Message.objects.latest("seq")
    assert message.event == {"type": "retention", "days": 30}
    assert message.text == "set how many days messages are kept: 30"
    act = ModerationAct.objects.get()
    assert (act.kind, act.details) == ("retention", {"days": 30})


def test_empty_means_as_elsewhere(tea: Room, ada: Member, settings: Settings) -> None:
    settings.RETENTION_DAYS = 90
    set_days(tea, ada, "30")
    set_days(tea, ada, "")
    assert (tea.kept_days, tea.retention_days) == (None, 90)
    assert Message.objects.latest("seq").text.endswith("as long as in other rooms")


def test_a_room_is_never_longer_than_the_installation(
    tea: Room, ada: Member, settings: Settings
) -> None:
    settings.RETENTION_DAYS = 90
    assert set_days(tea, ada, "91").status_code == 422
    assert refusal(SetRetention(tea.pk, ada.pk, 91)) == "not_allowed"
    set_days(tea, ada, "60")
    settings.RETENTION_DAYS = 10
    assert tea.retention_days == 10


@pytest.mark.parametrize("days", ["0", "-1", "36501", "soon", "1.5", "9" * 30])
def test_what_is_no_number_of_days_is_refused(tea: Room, ada: Member, days: str) -> None:
    assert set_days(tea, ada, days).status_code == 422
    assert tea.kept_days is None


def test_the_door_refuses_what_no_form_sends(tea: Room, ada: Member) -> None:
    assert refusal(SetRetention(tea.pk, ada.pk, -1)) == "not_allowed"
    assert refusal(SetRetention(tea.pk, ada.pk, 0)) == "nothing_changes"


def test_owners_and_operators_may(tea: Room, ada: Member, ben: Member) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    den, direct = new_members_room(ada, [ben]), new_direct_room(ada, ben)
    assert refusal(SetRetention(tea.pk, ben.pk, 7)) == "not_allowed"
    assert refusal(SetRetention(den.pk, ben.pk, 7)) == "not_allowed"
    assert refusal(SetRetention(den.pk, olga.pk, 7)) == "gone"
    assert refusal(SetRetention(direct.pk, ada.pk, 7)) == "not_allowed"
    assert not is_for(Action.SET_RETENTION, Role.MODERATOR, den)
    applied(SetRetention(den.pk, ada.pk, 7))
    applied(SetRetention(tea.pk, olga.pk, 7))


def test_the_page_has_the_form_for_who_may(tea: Room, ada: Member, settings: Settings) -> None:
    set_days(tea, ada, "30")
    settings.RETENTION_DAYS = 90
    page = client_of(ada).get(f"/chat/{tea.address}/settings/").content.decode()
    assert 'name="days" value="30"' in page
    assert 'max="90"' in page
    assert "for 90 days, as in other rooms" in page


def test_the_log_says_so(tea: Room, ada: Member) -> None:
    for days in ("30", "1", ""):
        set_days(tea, ada, days)
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    page = client_of(olga).get("/moderation/log/", {"room": "tea"}).content.decode()
    for text in ("for 30 days", "for one day", "as long as in other rooms"):
        assert text in page

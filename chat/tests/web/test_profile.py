"""The profile of an account."""

import pytest
from django.test import Client

from accounts.models import User
from chat.live.rates import TooFast
from chat.live.rates.too_fast import OF_NETWORK
from chat.models import Member
from chat.models.member import FORMER_NAME, NOT_SHOWN
from chat.web import time_zones
from chat.web.forms import NameForm

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

ADDRESS = "/accounts/profile/"


@pytest.fixture
def ada(client: Client) -> Member:
    user = User.objects.create_user("ada")
    client.force_login(user)
    return Member.objects.get(user=user)


def saved(client: Client, **fields: str) -> int:
    return client.post(
        ADDRESS, {"name": "Ada", "status": "", "time_zone": NOT_SHOWN, **fields}
    ).status_code


def test_a_profile_is_saved(client: Client, ada: Member) -> None:
    assert saved(client, status="  On  a train ", time_zone="Europe/Berlin") == 302
    ada.refresh_from_db()
    assert (ada.name, ada.status, ada.time_zone) == ("Ada", "On a train", "Europe/Berlin")
    assert "Your profile is saved." in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "\u3164"}, {"status": "x" * 81}, {"time_zone": "Europe/Atlantis"}],
)
def test_what_is_wrong_saves_nothing(client: Client, ada: Member, fields: dict[str, str]) -> None:
    assert saved(client, **fields) == 422
    ada.refresh_from_db()
    assert (ada.name, ada.status, ada.time_zone) == ("ada", "", "")


def test_a_status_has_no_invisible_characters(client: Client, ada: Member) -> None:
    assert saved(client, status="\u202eaway\u200b\u2800") == 302
    ada.refresh_from_db()
    assert ada.status == "away"


def test_the_browsers_time_zone_is_offered_until_one_is_chosen(client: Client, ada: Member) -> None:
    assert "data-browser-time-zone" in client.get(ADDRESS).content.decode()
    saved(client)
    assert "data-browser-time-zone" not in client.get(ADDRESS).content.decode()


def test_a_guest_has_no_profile(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/accounts/profile/",
    )


def test_a_new_name_counts_against_its_rate(
    client: Client, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TooFast(OF_NETWORK, 1.0)

    monkeypatch.setattr("chat.web.names.rates.count", refuse)
    assert saved(client, name="Ida") == 429
    assert saved(client, name="ada", status="Away") == 302


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", NOT_SHOWN]
)
def test_the_usual_time_zones_can_be_chosen(zone: str) -> None:
    listed = [
        it for _, place in time_zones.choices() for it in (place if isinstance(place, list) else [])
    ]
    assert zone in {"UTC", NOT_SHOWN, *(key for key, _ in listed)}


@pytest.mark.parametrize(
    ("address", "fields"),
    [("/name/", {"name": "Lovelace"}), (ADDRESS, {"name": "Ada", "time_zone": NOT_SHOWN})],
)
def test_an_account_that_is_deleted_meanwhile_leaves_no_name(
    client: Client,
    ada: Member,
    address: str,
    fields: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def delete_account(form: NameForm) -> str:
        User.objects.all().delete()
        return str(form.cleaned_data["name"])

    monkeypatch.setattr(NameForm, "clean_name", delete_account)  # the page knows who asks by then
    assert client.post(address, fields | {"status": "Away"}).status_code == 403
    ada.refresh_from_db()
    assert (ada.name, ada.status, ada.is_former) == (FORMER_NAME, "", True)

"""Knocking at a room, as the newcomer and the moderator see it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.private_rooms import new_people, run, sign_in
from chat.tests.browser.room_page import SMALL_PHONE, NewPage, expect_connected, room_url
from chat.tests.support.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("knocks")) as server:
        new_people(server, "Ada")
        yield server


def new_room(server: Server, room: str) -> None:
    run(
        server,
        f"""
room, ada = Room.objects.ensure(RoomName.parse({room!r})), Member.objects.get(name="Ada")
Membership.objects.create(room=room, member=ada, role=Role.OWNER)
""",
    )


def test_somebody_knocks_and_the_page_goes_on_when_a_moderator_lets_them_in(
    new_page: NewPage, server: Server, room: str
) -> None:
    new_room(server, room)
    ada = sign_in(new_page("Ada"), server, "ada")
    settings = f"{room_url(server, room)}settings/"
    ada.goto(settings)
    ada.get_by_role("button", name="Make newcomers knock").click()
    expect(ada.get_by_role("button", name="Let newcomers in without knocking")).to_be_visible()
    assert not violations(ada)

    gus = new_page("Gus", **SMALL_PHONE)
    gus.goto(room_url(server, room))
    assert not [*violations(gus), *small_targets(gus, size=44), *cut_off(gus)]
    gus.get_by_label("Your name").fill("Gus")
    gus.get_by_label("Your name").press("Enter")
    expect(gus.get_by_text("You have knocked")).to_be_visible()
    assert not [*violations(gus), *small_targets(gus, size=44), *cut_off(gus)]

    ada.goto(settings)
    assert not violations(ada)
    ada.get_by_role("button", name="Let Gus in", exact=False).first.click()
    expect(ada.get_by_role("heading", name="Who knocks")).to_have_count(0)
    expect_connected(gus)

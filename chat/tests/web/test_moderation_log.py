"""The log of moderation: who sees which lines, what they say, and that nothing changes them."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import invites
from chat.journal import Delete, Post
from chat.journal.roster_changes import (
    Ban,
    DeleteRoom,
    JoinAsOperator,
    Lift,
    Mute,
    RemovePerson,
    RenameRoom,
    SetArchived,
    SetLocked,
    SetRole,
    SetSlow,
)
from chat.models import (
    FOR_GOOD,
    GuestClosing,
    Member,
    ModerationAct,
    Role,
    Room,
    Sanction,
    SanctionKind,
)
from chat.models.moderation_act import LogIsKept
from chat.personal_data.deletion import delete_account
from chat.tests.leaks.conftest import streamed
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import new_account, new_invite, new_members_room, settled
from chat.web.moderation.everywhere import block_person
from chat.web.moderation.log.lines import LINES_PER_PAGE

pytestmark = pytest.mark.django_db(transaction=True)

ALL = "/moderation/log/"
PAGE = {"accept": "text/html"}


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns."""
    return new_open_room("Tea", ada)


@pytest.fixture
def den(ada: Member, ben: Member, cleo: Member) -> Room:
    return new_members_room(ada, [ben, cleo], name="Den of Ada")


@pytest.fixture
def olga(db: None) -> Member:
    return new_account("Olga", is_staff=True, is_superuser=True)


def mute(room: Room, by: Member, person: Member, why: str = "") -> Mute:
    return Mute(room.pk, by.pk, person.pk, timezone.now() + timedelta(hours=1), why)


def log_of(room: Room) -> str:
    return f"/chat/{room.address}/settings/log/"


def page_of(member: Member, address: str, **query: Any) -> str:
    answer = browser_of(member).get(address, query, headers=PAGE)
    assert answer.status_code == 200
    return without_tags(answer.content.decode())


def without_tags(html: str) -> str:
    return html.replace("<bdi>", "").replace("</bdi>", "")


def exported(member: Member, address: str, **query: Any) -> list[dict[str, Any]]:
    answer = browser_of(member).get(address, {"format": "jsonl", **query})
    assert answer.status_code == 200
    return [json.loads(it) for it in streamed(answer).splitlines()]


def post(room: Room, by: Member, address: str = "", **fields: Any) -> Any:
    fields["next"] = address or log_of(room)
    return browser_of(by).post(f"/chat/{room.address}/moderate", fields, headers=PAGE, follow=True)


# --- what the lines say -------------------------------------------------------------------------


def test_each_act_is_a_line_with_who_whom_why_and_until_when(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(mute(tea, ada, gus, "Be kind"))
    settled(Ban(tea.pk, ada.pk, gus.pk, FOR_GOOD))
    settled(SetRole(tea.pk, ada.pk, ben.pk, Role.MODERATOR))
    settled(SetLocked(tea.pk, ada.pk, locked=True))
    settled(SetSlow(tea.pk, ada.pk, 30))
    settled(SetSlow(tea.pk, ada.pk, 0))
    settled(RenameRoom(tea.pk, ada.pk, "Tea and cake"))
    settled(SetArchived(tea.pk, ada.pk, archived=True))
    settled(SetArchived(tea.pk, ada.pk, archived=False))
    tea.refresh_from_db()
    page = page_of(ada, log_of(tea))
    for words in (
        f"Ada muted {gus.name}",
        "Be kind",
        f"Ada banned {gus.name}",
        "for good",
        "Ada made Ben a moderator",
        "Ada locked the room",
        "Ada set slow mode: one message every 30 seconds",
        "Ada ended slow mode",
        "Ada renamed the room from Tea to Tea and cake",
        "Ada archived the room",
        "Ada opened the room again",
    ):
        assert words in page


def test_the_log_of_a_members_room_has_removals_invites_and_operators(
    den: Room, ada: Member, ben: Member, olga: Member
) -> None:
    settled(RemovePerson(den.pk, ada.pk, ben.pk, "Shouts"))
    settled(JoinAsOperator(den.pk, olga.pk))
    invites.revoke(ada, den, new_invite(den, ada).uid)
    page = page_of(ada, log_of(den))
    assert "Ada removed Ben" in page
    assert "Olga came in as an operator" in page
    assert "Ada revoked an invite of Ada" in page


@pytest.mark.postgresql
def test_messages_that_were_deleted_at_once_are_one_line_which_leads_to_the_place(
    tea: Room, ada: Member, ben: Member
) -> None:
    for text in ("one", "two", "three"):
        settled(Post(tea.pk, ben.pk, uuid4(), text))
    settled(Delete(tea.pk, ada.pk, 1, "Rude"))
    assert post(tea, ada, act="delete_latest", person=ben.uid).status_code == 200
    page = page_of(ada, log_of(tea))
    assert "Ada deleted a message of Ben" in page
    assert 'href="/chat/Tea/#1"' in page
    assert "Ada deleted 2 messages of Ben" in page
    assert page.count("log-line") - page.count("log-lines") == 2
    assert len(exported(ada, log_of(tea))) == 3


# --- who sees which -----------------------------------------------------------------------------


def test_who_keeps_no_room_is_told_that_there_is_none(
    den: Room, tea: Room, ben: Member, gus: Member, olga: Member
) -> None:
    for room, member in ((tea, ben), (tea, gus), (den, ben), (den, olga)):
        for query in ({}, {"format": "jsonl"}):
            answer = browser_of(member).get(log_of(room), query, headers=PAGE)
            assert (answer.status_code, "Room not found" in answer.content.decode()) == (404, True)
    assert browser_of(ben).get(ALL).status_code == 403


def test_operators_see_all_acts_without_the_names_of_rooms_they_are_not_in(
    den: Room, tea: Room, ada: Member, ben: Member, gus: Member, olga: Member
) -> None:
    settled(RenameRoom(den.pk, ada.pk, "Den of secrets"))
    settled(RemovePerson(den.pk, ada.pk, ben.pk))
    settled(mute(tea, ada, gus))
    page = page_of(olga, ALL)
    assert "Ada removed Ben" in page
    assert "a members room (~" in page
    assert f"Ada muted {gus.name}" in page
    assert 'href="/chat/Tea/"' in page
    rooms = [it["room"] for it in exported(olga, ALL)]
    assert [it.get("name") for it in rooms] == [None, None, "Tea"]
    assert "Den of" not in page + json.dumps(exported(olga, ALL))
    settled(JoinAsOperator(den.pk, olga.pk))
    assert "Den of secrets" in page_of(olga, ALL)


# --- what is looked for -------------------------------------------------------------------------


@pytest.mark.postgresql
def test_acts_are_found_by_person_kind_moderator_day_and_room(
    tea: Room, den: Room, ada: Member, ben: Member, cleo: Member, olga: Member
) -> None:
    settled(mute(tea, ada, ben))
    settled(mute(tea, olga, cleo))
    settled(mute(den, ada, cleo))
    today = timezone.now().date()

    def found(**query: Any) -> list[str]:
        return [it["person"]["name"] for it in exported(olga, ALL, **query)]

    assert found() == ["Ben", "Cleo", "Cleo"]
    assert found(person="ben") == found(person="@ben") == found(person=str(ben.uid)) == ["Ben"]
    assert found(by="Olga") == ["Cleo"]
    assert found(act="ban") == []
    assert found(since=today, until=today) == ["Ben", "Cleo", "Cleo"]
    assert found(since=today + timedelta(days=1)) == found(until=today - timedelta(days=1)) == []
    assert found(room="tea", person="Cleo") == ["Cleo"]
    assert found(room=den.address) == ["Cleo"]
    assert found(since="someday") == found(person="nobody") == []
    assert "No act is found." in page_of(olga, ALL, person="nobody")


@pytest.mark.postgresql
def test_a_page_takes_as_many_queries_for_fifty_lines_as_for_two_and_leads_to_older_ones(
    tea: Room, ada: Member, olga: Member
) -> None:
    def do(count: int) -> None:
        for number in range(count):
            guest = Member.objects.create(name=f"Guest {number}")
            settled(mute(tea, ada, guest))
            settled(Ban(tea.pk, ada.pk, guest.pk, FOR_GOOD))
            settled(Lift(tea.pk, ada.pk, guest.pk, SanctionKind.BAN))
            room = new_open_room(f"Room {timezone.now().timestamp()}", ada)
            settled(SetLocked(room.pk, ada.pk, locked=True))

    def queries(address: str, member: Member) -> int:
        browser = browser_of(member)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    do(1)
    few = [queries(log_of(tea), ada), queries(ALL, olga), queries("/chat/Tea/settings/", ada)]
    do(LINES_PER_PAGE // 2)
    many = [queries(log_of(tea), ada), queries(ALL, olga), queries("/chat/Tea/settings/", ada)]
    assert many == few
    page = browser_of(olga).get(ALL)
    older = browser_of(olga).get(ALL, {"before": page.context["older"]})
    shown = [it.act.pk for answer in (page, older) for it in answer.context["lines"]]
    assert len(shown) == len(set(shown)) == 2 * LINES_PER_PAGE
    assert shown == sorted(shown, reverse=True)


# --- undoing ------------------------------------------------------------------------------------


def test_a_mute_a_ban_and_a_lock_are_undone_from_their_lines(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    settled(mute(tea, ada, gus))
    settled(Ban(tea.pk, ada.pk, ben.pk, FOR_GOOD))
    settled(SetLocked(tea.pk, ada.pk, locked=True))
    lines = browser_of(ada).get(log_of(tea)).context["lines"]
    undos = [it.undo for it in lines]
    assert [it.fields["act"] for it in undos] == ["unlock", "unban", "unmute"]
    for undo in undos:
        assert post(tea, ada, **undo.fields).redirect_chain == [(log_of(tea), 302)]
    page = page_of(ada, log_of(tea))
    assert page.count("Lifted by Ada") == 2
    assert "Unlocked by Ada" in page
    assert 'name="act" value=' not in page
    assert not Sanction.objects.in_force().exists()


def test_operators_undo_bans_from_all_rooms_and_let_new_guests_in(
    ada: Member, ben: Member, gus: Member, olga: Member
) -> None:
    assert olga.user
    block_person(gus.uid, olga.user, 3600)
    block_person(ben.uid, olga.user, 0, "Spam")
    GuestClosing.objects.close(timezone.now() + timedelta(hours=1), by=olga)
    browser = browser_of(olga)
    undos = [it.undo for it in browser.get(ALL).context["lines"]]
    for undo in undos:
        answer = browser.post(undo.path, {**undo.fields, "next": ALL}, headers=PAGE)
        assert (answer.status_code, answer["Location"]) == (302, ALL)
    assert [it.undo for it in browser.get(ALL).context["lines"]] == [None] * 6
    gus.refresh_from_db()
    assert (gus.is_banned, GuestClosing.objects.until()) == (False, None)
    assert Member.objects.select_related("user").get(pk=ben.pk).is_active
    assert ModerationAct.objects.filter(undoes__isnull=False).count() == 3


def test_who_has_no_power_over_a_person_is_offered_no_undoing(
    tea: Room, ada: Member, ben: Member, cleo: Member, olga: Member
) -> None:
    settled(SetRole(tea.pk, ada.pk, ben.pk, Role.MODERATOR))
    settled(SetRole(tea.pk, ada.pk, cleo.pk, Role.MODERATOR))
    settled(mute(tea, ada, cleo))
    assert 'name="act" value="unmute"' in page_of(ada, log_of(tea))
    assert 'name="act" value="unmute"' in page_of(olga, ALL)
    assert 'name="act" value="unmute"' not in page_of(ben, log_of(tea))
    assert 'name="act" value="unmute"' not in page_of(ben, "/chat/Tea/settings/")


def test_what_is_over_is_not_offered_to_be_undone(tea: Room, ada: Member, gus: Member) -> None:
    settled(mute(tea, ada, gus))
    Sanction.objects.all().update(until=timezone.now())
    page = page_of(ada, log_of(tea))
    assert 'name="act" value="unmute"' not in page
    assert "Lifted" not in page


def test_a_refused_act_is_said_where_the_person_came_from(
    tea: Room, ada: Member, gus: Member
) -> None:
    answer = post(tea, ada, act="unmute", person=gus.uid)
    assert answer.redirect_chain == [(log_of(tea), 302)]
    assert "This is so already." in answer.content.decode()
    away = post(tea, ada, "https://example.org/", act="lock")
    assert away.redirect_chain == [("/", 302)]


# --- the settings of the room -------------------------------------------------------------------


def test_the_settings_show_who_is_muted_and_banned_and_lift_lock_and_slow(
    tea: Room, ada: Member, gus: Member
) -> None:
    settings = "/chat/Tea/settings/"
    settled(mute(tea, ada, gus, "Be kind"))
    page = page_of(ada, settings)
    assert gus.name in page
    assert "Be kind" in page
    post(tea, ada, settings, act="unmute", person=gus.uid)
    assert "Nobody is muted or banned here." in page_of(ada, settings)
    post(tea, ada, settings, act="lock")
    post(tea, ada, settings, act="slow", seconds=30)
    tea.refresh_from_db()
    assert (tea.is_locked, tea.slow_seconds) == (True, 30)
    page = page_of(ada, settings)
    assert "Unlock the room" in page
    assert '<option value="30" selected>' in page


# --- the log is kept ----------------------------------------------------------------------------


def rows() -> Any:
    return serializers.serialize("json", ModerationAct.objects.order_by("pk"))


@pytest.mark.postgresql
def test_the_log_stays_as_it_was_when_its_moderator_and_its_room_are_gone(
    tea: Room, den: Room, ada: Member, ben: Member, gus: Member, olga: Member
) -> None:
    settled(mute(tea, ada, gus, "Be kind"))
    settled(RemovePerson(den.pk, ada.pk, ben.pk))
    before = rows()
    settled(SetRole(tea.pk, olga.pk, ada.pk, Role.MEMBER))
    assert rows().startswith(before[:-1])
    settled(DeleteRoom(tea.pk, olga.pk))
    settled(DeleteRoom(den.pk, ada.pk))
    before = rows()
    assert ada.user
    delete_account(ada.user, with_messages=True)
    assert rows() == before
    page = page_of(olga, ALL)
    assert f"Former member muted {gus.name}" in page
    assert "Olga deleted the room" in page
    assert "a deleted room" in page
    assert "a members room (~" in page


def test_no_code_changes_or_deletes_a_row(tea: Room, ada: Member) -> None:
    settled(SetLocked(tea.pk, ada.pk, locked=True))
    act = ModerationAct.objects.get()
    for change in (act.save, act.delete, ModerationAct.objects.all().delete):
        with pytest.raises(LogIsKept):
            change()
    with pytest.raises(LogIsKept):
        ModerationAct.objects.update(why="")


# --- the export ---------------------------------------------------------------------------------


def test_the_download_has_each_act_with_its_fields_and_is_not_kept(
    tea: Room, ada: Member, gus: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.web.moderation.log.export.PAGE_ACTS", 2)
    settled(mute(tea, ada, gus, "Be kind"))
    settled(Lift(tea.pk, ada.pk, gus.pk, SanctionKind.MUTE))
    settled(Ban(tea.pk, ada.pk, gus.pk, FOR_GOOD))
    answer = browser_of(ada).get(log_of(tea), {"format": "jsonl"})
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]
    muted, lifted, banned = (json.loads(it) for it in streamed(answer).splitlines())
    assert muted["act"] == "mute"
    assert muted["by"] == {"id": str(ada.uid), "name": "Ada", "username": "ada"}
    assert muted["person"] == {"id": str(gus.uid), "name": gus.name}
    assert muted["room"] == {"id": str(tea.uid), "kind": "open", "name": "Tea"}
    assert (muted["why"], lifted["undoes"]) == ("Be kind", muted["id"])
    assert banned["until"] == "9999-01-01T00:00:00Z"

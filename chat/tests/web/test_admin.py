"""What operators find and do in the admin."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import User
from accounts.tests.conftest import sign_in_by_provider
from chat.admin.members import MemberForm
from chat.journal import Post
from chat.journal.roster_changes import Ban
from chat.journal.write.appender import commit
from chat.models import (
    FOR_GOOD,
    File,
    Job,
    Member,
    Message,
    ModerationAct,
    ReportCase,
    Revocation,
    Room,
    RoomName,
    Sanction,
    Subscription,
)
from chat.models.message import Kind
from chat.models.revocation import Why
from chat.models.stored_bytes import REMOVE
from chat.tests.support.accounts import sign_in
from chat.tests.support.files import hold, new_file, new_picture, post_files
from chat.tests.support.private_rooms import new_members_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

OURS = [
    (it._meta.app_label, str(it._meta.model_name))
    for it in admin.site._registry
    if it._meta.app_label in {"accounts", "chat"}
]


@pytest.fixture
def olga() -> User:
    return User.objects.create_user("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(olga: User) -> Client:
    """Where Olga, an operator, is signed in."""
    client = Client()
    client.force_login(olga)
    return client


def people(count: int) -> None:
    """Accounts and guests who have visited, written and been blocked."""
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    operator = User.objects.get(username="olga")
    for number in range(count):
        user = User.objects.create_user(f"user {number} {count}")
        guest = Member.objects.create(name="Guest")
        for member in (
            Member.objects.of_user(user),
            guest,
            Member.objects.create(name="Claimed", claimed_by=user),
        ):
            Subscription.objects.record_visit(member, room)
            commit([Post(room.pk, member.pk, uuid4(), "hi")])
        own = Member.objects.of_user(user)
        post_files(own, new_file(own, room, "sent.txt"))
        new_file(own, room, "unsent.txt")
        message = Message.objects.filter(room=room).latest("pk")
        ReportCase.objects.add_report(message, [], guest, "Spam")
        other = Room.objects.ensure(RoomName.parse(f"Room {number} {count}"))
        Subscription.objects.record_visit(member, other)
        commit([Ban(room.pk, Member.objects.of_user(operator).pk, guest.pk, FOR_GOOD, "Spam")])
        Sanction.objects.ban(
            member, timezone.now() + timedelta(hours=1), by=Member.objects.of_user(user)
        )


def act(browser: Client, model: str, action: str, *rows: Any, **fields: Any) -> Any:
    selected = {"action": action, "_selected_action": [it.pk for it in rows], **fields}
    return browser.post(f"/admin/{model}/", selected)


def ask_and_do(browser: Client, model: str, action: str, *rows: Any, **fields: Any) -> None:
    """Ask for an action, and confirm it."""
    asked = act(browser, model, action, *rows)
    assert (asked.status_code, 'name="answer"' in asked.content.decode()) == (200, True)
    done = act(browser, model, action, *rows, answer="yes", **fields)
    assert done.status_code == 302


def test_it_has_the_name_of_the_product(browser: Client) -> None:
    page = browser.get("/admin/").content.decode()
    assert "Lobby</a>" in page
    assert "Django" not in page


# --- the lists ----------------------------------------------------------------------------------


def test_a_list_of_fifty_takes_as_many_queries_as_one_of_two(browser: Client) -> None:
    def queries(app: str, model: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/admin/{app}/{model}/").status_code == 200
        return len(captured)

    people(2)
    for it in OURS:
        queries(*it)  # loads what is kept, such as content types
    few = {it: queries(*it) for it in OURS}
    people(50)
    assert {it: queries(*it) for it in OURS} == few


@pytest.mark.parametrize(("app", "model"), OURS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_list_is_searched_and_filtered_and_has_words_for_columns(
    browser: Client, app: str, model: str, language: str
) -> None:
    people(1)
    headers = {"accept-language": language}
    page = browser.get(f"/admin/{app}/{model}/", {"q": "guest"}, headers=headers)
    assert page.status_code == 200
    changes = page.context["cl"]
    for spec in changes.get_filters(page.wsgi_request)[0]:
        for choice in spec.choices(changes):
            address = f"/admin/{app}/{model}/{choice['query_string']}"
            assert browser.get(address).status_code == 200


def test_guests_are_listed_apart_from_accounts(browser: Client, olga: User) -> None:
    people(1)
    for kind, names in {
        "guests": {"Guest"},
        "accounts": {"user 0 1"},
        "claimed": {"Claimed"},
        "former": set(),
    }.items():
        rows = browser.get(f"/admin/chat/member/?kind={kind}").context["cl"].result_list
        assert {it.name for it in rows} - {"olga"} == names


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Joined", "Last seen", "Operator", "ago"]),
        ("de", ["Beigetreten", "Zuletzt gesehen", "Betreiber", "vor"]),
    ],
)
def test_accounts_say_when_they_joined_and_were_seen(
    browser: Client, language: str, words: list[str]
) -> None:
    people(1)
    Subscription.objects.update(visited_at=timezone.now() - timedelta(hours=3))
    page = browser.get("/admin/accounts/user/", headers={"accept-language": language})
    assert [it for it in words if it.lower() not in page.content.decode().lower()] == []


def test_messages_lead_into_the_chat(browser: Client) -> None:
    people(1)
    page = browser.get("/admin/chat/message/").content.decode()
    assert 'href="/chat/Lobby/#1"' in page
    guest = Member.objects.get(name="Guest")
    listed = browser.get(f"/admin/chat/message/?author={guest.pk}").context["cl"].result_list
    assert [it.author for it in listed] == [guest]


# --- the actions --------------------------------------------------------------------------------


def test_an_operator_deactivates_an_account_and_activates_it_again(
    browser: Client, olga: User
) -> None:
    carol = User.objects.create_user("carol")
    ask_and_do(browser, "accounts/user", "deactivate", carol, olga)
    assert dict(User.objects.values_list("username", "is_active")) == {"carol": False, "olga": True}
    assert Revocation.objects.get().why == Why.DEACTIVATED
    ask_and_do(browser, "accounts/user", "activate", carol)
    carol.refresh_from_db()
    assert carol.is_active
    assert LogEntry.objects.filter(user=olga, object_id=str(carol.pk)).count() == 2


def test_an_operator_ends_sessions_and_keeps_their_own(browser: Client, olga: User) -> None:
    carol = User.objects.create_user("carol")
    key = sign_in(carol)
    ask_and_do(browser, "accounts/user", "end_sessions", carol, olga)
    assert not Session.objects.filter(session_key=key).exists()
    assert {it.user for it in UserSession.objects.all()} == {olga}
    assert Revocation.objects.get().why == Why.SESSION


def test_an_operator_makes_operators_and_stays_one(browser: Client, olga: User) -> None:
    carol = User.objects.create_user("carol")
    ask_and_do(browser, "accounts/user", "make_operators", carol)
    carol.refresh_from_db()
    assert carol.is_operator
    ask_and_do(browser, "accounts/user", "make_no_operators", carol, olga)
    assert [it.username for it in User.objects.filter(is_superuser=True)] == ["olga"]


RIGHTS = {"is_active", "is_staff", "is_superuser"}


def change(browser: Client, user: User, **changed: str) -> Any:
    """Submit the form of an account."""
    address = f"/admin/accounts/user/{user.pk}/change/"
    fields = browser.get(address).context["adminform"].form.initial
    shown = {key: it for key, it in fields.items() if isinstance(it, str)}
    at = localtime(user.date_joined)
    joined = {"date_joined_0": f"{at:%Y-%m-%d}", "date_joined_1": f"{at:%H:%M:%S}"}
    rights = {it: "on" for it in RIGHTS if fields[it]}
    fields = {**shown, **joined, **rights, **changed}
    return browser.post(address, {key: it for key, it in fields.items() if it})


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_the_form_of_an_account_keeps_the_last_operator(
    browser: Client, olga: User, right: str
) -> None:
    refused = change(browser, olga, **{right: ""})
    assert "Make somebody else an operator first." in refused.content.decode()
    assert User.objects.get().is_operator
    assert change(browser, olga, email="olga@example.com").status_code == 302
    User.objects.create_user("otto", is_staff=True, is_superuser=True)
    assert change(browser, olga, **{right: ""}).status_code == 302
    assert not User.objects.get(pk=olga.pk).is_operator


def test_two_operators_do_not_take_each_others_rights(browser: Client, olga: User) -> None:
    """Otto has taken Olga's while she asks to take his."""
    otto = User.objects.create_user("otto", is_staff=True, is_superuser=True)
    with patch("chat.admin.accounts._others", lambda request, rows: rows):
        act(browser, "accounts/user", "make_no_operators", otto, olga, answer="yes")
    assert User.objects.filter(is_superuser=True).count() == 2
    said = browser.get("/admin/").content.decode()
    assert "Make somebody else an operator first." in said


def test_an_operator_who_sets_a_password_has_just_signed_in(browser: Client, olga: User) -> None:
    path = f"/admin/accounts/user/{olga.pk}/password/"
    fields = {"usable_password": "true", "password1": "quite another", "password2": "quite another"}
    assert browser.post(path, fields)["Location"].startswith("/accounts/sign-in-again/")
    sign_in_by_provider(browser, olga)
    assert browser.post(path, fields)["Location"] == f"/admin/accounts/user/{olga.pk}/change/"
    assert User.objects.get().check_password("quite another")


def test_an_account_is_deleted_as_by_the_person_and_the_last_operator_is_not(
    browser: Client, olga: User
) -> None:
    carol = User.objects.create_user("carol")
    member = Member.objects.of_user(carol)
    fields = {"post": "yes"}
    assert browser.post(f"/admin/accounts/user/{carol.pk}/delete/", fields).status_code == 302
    assert [it.state["member"] for it in Job.objects.all()] == [member.pk]
    assert Member.objects.get(pk=member.pk).is_former
    assert browser.post(f"/admin/accounts/user/{olga.pk}/delete/", fields).status_code == 403
    act(browser, "accounts/user", "delete_selected", olga, post="yes")
    assert [it.username for it in User.objects.all()] == ["olga"]


def test_all_operators_are_not_deleted_together(browser: Client, olga: User) -> None:
    otto = User.objects.create_user("otto", is_staff=True, is_superuser=True)
    act(browser, "accounts/user", "delete_selected", olga, otto, post="yes")
    assert User.objects.count() == 2
    act(browser, "accounts/user", "delete_selected", otto, post="yes")
    assert [it.username for it in User.objects.all()] == ["olga"]


def test_an_operator_blocks_guests_and_lifts_the_block(browser: Client, olga: User) -> None:
    people(0)
    bert = Member.objects.create(name="Bert")
    account = Member.objects.of_user(User.objects.create_user("carol"))
    ask_and_do(browser, "chat/member", "ban", bert, account, seconds="3600", why="Spam")
    block = Sanction.objects.get()
    assert (block.member, block.by, block.why) == (bert, Member.objects.of_user(olga), "Spam")
    ask_and_do(browser, "chat/sanction", "lift", block)
    assert not Member.objects.get(pk=bert.pk).is_banned


def test_a_ban_in_a_room_is_lifted_through_the_journal(browser: Client, olga: User) -> None:
    people(1)
    ban = Sanction.objects.get(room__isnull=False)
    listed = browser.get("/admin/chat/sanction/").content.decode()
    assert '<a href="/chat/Lobby/">Lobby</a>' in listed
    assert "everywhere" in listed
    ask_and_do(browser, "chat/sanction", "lift", ban)
    assert not Sanction.objects.filter(pk=ban.pk).exists()
    lifted = ModerationAct.objects.latest("pk")
    assert (lifted.kind, lifted.room, lifted.by) == ("unban", ban.room, ban.by)


def test_the_log_and_sanctions_are_found_by_name_reason_and_room_and_not_changed(
    browser: Client, olga: User
) -> None:
    people(1)
    act, ban = ModerationAct.objects.latest("pk"), Sanction.objects.latest("pk")
    for model in ("moderationact", "sanction"):
        for query in ("Claimed", "spam", "lobby", "olga"):
            assert browser.get(f"/admin/chat/{model}/", {"q": query}).context["cl"].result_count
    for path in (f"moderationact/{act.pk}", f"sanction/{ban.pk}"):
        assert browser.get(f"/admin/chat/{path}/change/").status_code == 200
        for door in ("change", "delete"):
            assert browser.post(f"/admin/chat/{path}/{door}/").status_code == 403


def test_an_operator_removes_messages(browser: Client, olga: User) -> None:
    people(1)
    ask_and_do(browser, "chat/message", "remove", *Message.objects.all())
    removed = Message.objects.values_list("text", "deleted_by")
    assert set(removed) == {("", "moderator")}


def test_files_of_open_rooms_are_listed_with_their_sizes(browser: Client, ada: Member) -> None:
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    picture = new_picture(ada, room, "cat & dog.png", alt="Both", size=5_000_000)
    post_files(ada, picture)
    hidden = new_file(ada, new_members_room(ada), "secret.txt")
    page = browser.get("/admin/chat/file/", {"q": "ada"}).content.decode()
    assert "cat &amp; dog.png" in page
    assert "4.8\xa0MB" in page
    assert "secret.txt" not in page
    change = browser.get(f"/admin/chat/file/{picture.pk}/change/").content.decode()
    for shown in ("640 × 480", "Both", f'href="{picture.path}"', "/admin/chat/message/"):
        assert shown in change
    assert browser.get(f"/admin/chat/file/{hidden.pk}/change/").status_code == 302
    for door in ("change", "delete"):
        assert browser.post(f"/admin/chat/file/{picture.pk}/{door}/").status_code == 403


def test_the_page_of_a_message_lists_its_files(browser: Client, ada: Member) -> None:
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    file = new_file(ada, room, "<notes>.txt")
    seq = post_files(ada, file).entry.seq
    message = Message.objects.get(room=room, seq=seq)
    page = browser.get(f"/admin/chat/message/{message.pk}/change/").content.decode()
    assert f'<a href="/admin/chat/file/{file.pk}/change/">&lt;notes&gt;.txt</a>' in page


def test_an_operator_removes_what_was_never_sent_and_nothing_else(
    browser: Client, ada: Member, gus: Member
) -> None:
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    unsent, sent, held = (new_file(gus, room) for _ in range(3))
    post_files(gus, sent)
    hold(gus, held)
    secret = new_file(ada, new_members_room(ada))
    ask_and_do(browser, "chat/file", "remove_unsent", *File.objects.all())
    assert set(File.objects.all()) == {sent, held, secret}
    assert unsent.key in Job.objects.get(kind=REMOVE).state["keys"]


def change_name(browser: Client, member: Member, name: str) -> int:
    fields = {"name": name, "status": "", "time_zone": "", "claimed_by": "", "user": ""}
    return browser.post(f"/admin/chat/member/{member.pk}/change/", fields).status_code


def test_a_name_that_an_operator_changes_is_told(browser: Client) -> None:
    bert = Member.objects.create(name="Bert")
    room = Room.objects.ensure(RoomName.parse("Lobby"))
    commit([Post(room.pk, bert.pk, uuid4(), "hi")])
    assert change_name(browser, bert, "\u200b") == 200  # the form again
    assert change_name(browser, bert, " Bertha\u202e ") == 302
    assert Member.objects.get(pk=bert.pk).name_key == "bertha"
    told = Message.objects.get(kind=Kind.EVENT)
    assert (told.author, told.text) == (bert, "changed their name from Bert to Bertha")
    assert change_name(browser, bert, "Bertha") == 302
    assert Message.objects.count() == 2


def test_an_operator_gives_no_name_to_whoever_deletes_their_account_meanwhile(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bert = Member.objects.create(name="Bert", user=User.objects.create_user("bert"))

    def delete_account(form: MemberForm) -> str:
        User.objects.filter(username="bert").delete()
        return str(form.cleaned_data["name"])

    monkeypatch.setattr(MemberForm, "clean_name", delete_account)  # the form has the row by then
    assert change_name(browser, bert, "Bertha") == 403
    assert Member.objects.get(pk=bert.pk).name != "Bertha"


def test_a_wrong_answer_asks_again(browser: Client) -> None:
    bert = Member.objects.create(name="Bert")
    answer = act(browser, "chat/member", "ban", bert, answer="yes", seconds="1")
    assert answer.status_code == 200
    assert not Sanction.objects.exists()


@pytest.mark.parametrize(("model", "action"), [("accounts/user", "make_operators")])
def test_staff_who_are_no_operators_have_no_such_actions(model: str, action: str) -> None:
    sam = User.objects.create_user("sam", is_staff=True)
    sam.user_permissions.set([*_permissions("user")])
    client = Client()
    client.force_login(sam)
    act(client, model, action, sam, answer="yes")
    sam.refresh_from_db()
    assert not sam.is_operator


def _permissions(model: str) -> Any:
    return Permission.objects.filter(content_type__model=model)


def app_names(browser: Client, language: str) -> list[str]:
    page = browser.get("/admin/", headers={"accept-language": language}).content.decode()
    return re.findall(r"<caption>\s*<a[^>]*>([^<]*)</a>", page)


def test_the_apps_have_names_of_the_readers_language(browser: Client) -> None:
    english, german = app_names(browser, "en"), app_names(browser, "de")
    assert len(set(english)) == len(set(german)) == len(english) > 4
    assert not set(english) & set(german)


def test_nobody_adds_or_changes_a_session_in_the_admin(browser: Client, olga: User) -> None:
    session = UserSession.objects.get(user=olga)
    assert browser.get("/admin/usersessions/usersession/add/").status_code == 403
    page = browser.get(f"/admin/usersessions/usersession/{session.pk}/change/")
    assert 'name="_save"' not in page.content.decode()
    listed = browser.get("/admin/usersessions/usersession/").content.decode()
    assert "/usersession/add/" not in listed

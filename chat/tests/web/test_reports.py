"""Reports: who makes them, who sees them, and what becomes of them."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chat import reports
from chat.journal import Delete, Edit, Post
from chat.journal.changes import Files
from chat.journal.roster_changes import SetRole
from chat.models import (
    FOR_GOOD,
    Member,
    Membership,
    Message,
    Report,
    ReportCase,
    Role,
    Room,
    RoomName,
    Sanction,
    SanctionKind,
    Verdict,
)
from chat.models.member import FORMER_NAME
from chat.personal_data import claiming
from chat.personal_data.deletion import delete_account
from chat.tests.support.files import new_picture, post_files
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import (
    add,
    applied,
    new_account,
    new_direct_room,
    new_members_room,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture
def olga() -> Member:
    """An operator."""
    return new_account("Olga", is_staff=True, is_superuser=True)


@pytest.fixture
def tea() -> Room:
    """An open room that nobody owns."""
    return Room.objects.ensure(RoomName.parse("Tea"))


def say(room: Room, member: Member, text: str = "rude") -> int:
    return applied(Post(room.pk, member.pk, uuid4(), text)).entry.seq


def report(room: Room, member: Member | None, seq: int, why: str = "It is rude.") -> int:
    return (
        browser_of(member)
        .post(f"/chat/{room.address}/report", {"seq": seq, "why": why})
        .status_code
    )


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("/moderation/", "/accounts/profile/"),
        ("/moderation/mine", "/accounts/profile/"),
        ("/moderation/log/", "/moderation/"),
    ],
)
def test_each_page_has_a_way_back(olga: Member, page: str, leads_to: str) -> None:
    shown = browser_of(olga).get(page).content.decode()
    assert f'<a class="account-back" href="{leads_to}">' in shown


def test_who_has_no_account_goes_back_to_the_rooms(gus: Member) -> None:
    shown = browser_of(gus).get("/moderation/mine").content.decode()
    assert '<a class="account-back" href="/">' in shown


def test_a_report_keeps_the_names_of_files(tea: Room, ada: Member, ben: Member) -> None:
    seq = post_files(ada, new_picture(ada, tea, "rude.png"), text="look").entry.seq
    reports.report(ben, tea, seq, "It is rude.")
    applied(Delete(tea.pk, ada.pk, seq))
    assert ReportCase.objects.get().text == "look\n📎 rude.png"


def test_a_message_that_lost_a_file_is_shown_as_it_is_now(
    tea: Room, ada: Member, ben: Member, olga: Member
) -> None:
    seq = post_files(ada, new_picture(ada, tea, "rude.png"), text="look").entry.seq
    reports.report(ben, tea, seq, "It is rude.")
    path = "/moderation/"
    assert "It says now:" not in browser_of(olga).get(path).content.decode()
    applied(Edit(tea.pk, ada.pk, seq, "look", files=Files(())))
    assert "It says now:" in browser_of(olga).get(path).content.decode()


def case_about(room: Room, author: Member, reporter: Member) -> ReportCase:
    """A case of a new message."""
    reports.report(reporter, room, say(room, author), "It is rude.")
    return ReportCase.objects.latest("pk")


def seen_by(member: Member) -> set[ReportCase]:
    return set(reports.visible(member))


def queue(member: Member) -> str:
    return browser_of(member).get("/moderation/").content.decode()


def decide(member: Member, case: ReportCase, act: str, **fields: Any) -> int:
    return (
        browser_of(member)
        .post(f"/moderation/{case.uid}/decide", {"act": act, **fields})
        .status_code
    )


# --- reporting ----------------------------------------------------------------------------------


def test_reports_of_one_message_gather(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    seq = say(tea, ada)
    assert [report(tea, it, seq) for it in (ben, ben, gus)] == [204] * 3
    case = ReportCase.objects.get()
    assert {it.reporter for it in case.reports.all()} == {ben, gus}


def test_a_case_keeps_what_the_message_and_its_neighbours_said(
    tea: Room, ada: Member, ben: Member
) -> None:
    for text in ("one", "two", "three", "four"):
        say(tea, ben, text)
    seq = say(tea, ada)
    say(tea, ben, "six")
    report(tea, ben, seq)
    applied(Edit(tea.pk, ada.pk, seq, "kind"))
    ada.rename("Adeline")
    report(tea, new_account("Dora"), seq)
    applied(Delete(tea.pk, ada.pk, seq))
    case = ReportCase.objects.get()
    assert (case.text, case.author_name) == ("rude", "Ada")
    assert [it.text for it in case.lines.all()] == ["two", "three", "four", "six"]


def test_nobody_reports_themselves_nothing_or_what_is_gone(
    tea: Room, ada: Member, ben: Member
) -> None:
    mine, gone = say(tea, ada), say(tea, ben)
    applied(Delete(tea.pk, ben.pk, gone))
    assert [report(tea, ada, it) for it in (mine, gone, 99)] == [403, 404, 404]
    assert report(tea, ada, 0) == 422
    assert not ReportCase.objects.exists()


def test_who_came_later_does_not_report_what_was_said_before(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben])
    seq = say(den, ben)
    add(den, ada, cleo, sees_history=False)
    assert report(den, cleo, seq) == 404
    assert report(den, cleo, say(den, ben)) == 204
    assert [it.text for it in ReportCase.objects.get().lines.all()] == []


def test_the_muted_report_and_the_banned_do_not(tea: Room, ada: Member, ben: Member) -> None:
    seq = say(tea, ada)
    Sanction.objects.impose(SanctionKind.MUTE, ben, tea, FOR_GOOD)
    assert report(tea, ben, seq) == 204
    Sanction.objects.impose(SanctionKind.BAN, ben, tea, FOR_GOOD)
    assert report(tea, ben, say(tea, ada)) == 403
    assert ReportCase.objects.count() == 1


def test_a_guest_who_is_not_stored_is_stored_by_a_report(tea: Room, ada: Member) -> None:
    before = Member.objects.count()
    assert report(tea, None, say(tea, ada)) == 204
    assert Member.objects.count() == before + 1


def test_a_decided_message_can_be_reported_again(tea: Room, ada: Member, ben: Member) -> None:
    case = case_about(tea, ada, ben)
    case.decide(Verdict.DISMISSED, ben)
    assert report(tea, ben, case.seq) == 204
    assert ReportCase.objects.count() == 2


# --- who sees -----------------------------------------------------------------------------------


def test_operators_see_what_is_reported_in_open_rooms_and_others_do_not(
    tea: Room, ada: Member, ben: Member, olga: Member, gus: Member
) -> None:
    case = case_about(tea, ada, ben)
    assert seen_by(olga) == {case}
    assert [seen_by(it) for it in (ada, ben, gus)] == [set()] * 3


def test_who_keeps_a_room_sees_what_is_reported_there_but_about_themselves(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den, attic = new_members_room(ada, [ben, cleo]), new_members_room(cleo, [ada])
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    about_cleo, about_ben = case_about(den, cleo, ada), case_about(den, ben, cleo)
    in_attic = case_about(attic, ada, cleo)
    assert seen_by(ada) == {about_cleo, about_ben}
    assert seen_by(ben) == {about_cleo}
    assert seen_by(cleo) == {in_attic}


def test_a_report_about_a_guest_whom_the_keeper_has_claimed_is_about_the_keeper(
    tea: Room, olga: Member, ben: Member
) -> None:
    panda = Member.objects.create(name="Panda")
    case = case_about(tea, panda, ben)
    assert seen_by(olga) == {case}
    Member.objects.filter(pk=panda.pk).update(claimed_by=olga.user)
    assert seen_by(olga) == set()


def test_a_moderator_does_not_see_reports_from_before_they_came(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben])
    say(den, ada, "from before")
    before = case_about(den, ben, ada)
    add(den, ada, cleo, sees_history=False)
    applied(SetRole(den.pk, ada.pk, cleo.pk, Role.MODERATOR))
    since = case_about(den, ben, ada)
    assert seen_by(cleo) == {since}
    assert seen_by(ada) == {before, since}
    assert "from before" not in queue(cleo)


def test_operators_see_what_is_reported_in_a_private_room_only_where_no_moderator_can_look(
    ada: Member, ben: Member, cleo: Member, olga: Member
) -> None:
    den = new_members_room(ada, [ben, cleo], name="Zimtstern")
    case = case_about(den, ben, cleo)
    assert seen_by(olga) == set()
    assert "rude" not in queue(olga)
    User.objects.filter(member=ada).update(is_active=False)
    assert seen_by(olga) == {case}
    User.objects.filter(member=ada).update(is_active=True)
    assert seen_by(olga) == set()
    Membership.objects.filter(room=den).update(role=Role.MEMBER)
    assert seen_by(olga) == {case}


def test_operators_see_what_is_reported_about_who_keeps_a_private_room(
    ada: Member, ben: Member, cleo: Member, olga: Member
) -> None:
    den = new_members_room(ada, [ben, cleo], name="Zimtstern")
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    case, other = case_about(den, ben, cleo), case_about(den, cleo, ben)
    assert seen_by(olga) == {case}
    assert seen_by(ada) == {case, other}


def test_operators_see_what_is_reported_in_a_direct_room(
    ada: Member, ben: Member, olga: Member
) -> None:
    case = case_about(new_direct_room(ada, ben), ada, ben)
    assert seen_by(olga) == {case}
    assert seen_by(ben) == set()


def test_an_operator_sees_of_a_private_room_the_message_and_its_surroundings_alone(
    ada: Member, ben: Member, cleo: Member, olga: Member
) -> None:
    den = new_members_room(ada, [ben, cleo], name="Zimtstern")
    say(den, cleo, "far away")
    for text in ("one", "two", "three"):
        say(den, cleo, text)
    case = case_about(den, ada, ben)
    applied(Edit(den.pk, ada.pk, case.seq, "what it says later"))
    page = queue(olga)
    assert "rude" in page
    assert "three" in page
    for hidden in ("far away", "what it says later", "Zimtstern", den.address):
        assert hidden not in page
    assert browser_of(olga).get(f"/chat/{den.address}/").status_code == 404
    assert "what it says later" not in queue(ada)  # it is about her


def test_nothing_is_left_of_a_deleted_room(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    case_about(den, ben, ada)
    Room.objects.filter(pk=den.pk).update(deleted_at=FOR_GOOD)
    assert seen_by(ada) == set()


def test_the_queue_takes_as_many_queries_for_many_cases_as_for_one(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben, cleo])
    people = [ben, cleo]
    Sanction.objects.impose(SanctionKind.MUTE, cleo, den, FOR_GOOD)

    def queries() -> int:
        browser = browser_of(ada)
        browser.get("/moderation/")  # what is kept is read
        with CaptureQueriesContext(connection) as captured:
            assert "rude" in browser.get("/moderation/").content.decode()
        return len(captured)

    case_about(den, ben, cleo)
    reports.add_note(ada, ReportCase.objects.get(), "Hm")
    one = queries()
    Sanction.objects.all().delete()
    for count in range(19):
        author, reporter = people[count % 2], people[1 - count % 2]
        reports.add_note(ada, case_about(den, author, reporter), "Hm")
    assert queries() == one


# --- deciding -----------------------------------------------------------------------------------


def test_a_moderator_deletes_mutes_or_bans_and_that_decides_the_case(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben, cleo])
    cases = {act: case_about(den, ben, cleo) for act in ("delete", "mute", "ban")}
    for act, case in cases.items():
        assert decide(ada, case, act, seconds=600, why="Rude", answer="Thanks.") == 204
        case.refresh_from_db()
        assert (case.verdict, case.decided_by, case.answer) == ("acted", ada, "Thanks.")
        if act == "delete":
            assert Message.objects.get(room=den, seq=case.seq).deleted_by == "moderator"
    kinds = set(Sanction.objects.filter(member=ben, room=den).values_list("kind", flat=True))
    assert kinds == {"mute", "ban"}
    assert not Membership.objects.filter(room=den, member=ben).exists()


def test_a_case_is_decided_once_and_only_by_who_sees_it(
    tea: Room, ada: Member, ben: Member, olga: Member
) -> None:
    case = case_about(tea, ada, ben)
    assert [decide(it, case, "dismissed") for it in (ada, ben)] == [404, 404]
    assert decide(olga, case, "no such act") == 422
    assert [decide(olga, case, "dismissed"), decide(olga, case, "acted")] == [204, 404]
    assert ReportCase.objects.get().verdict == Verdict.DISMISSED


def test_a_refused_act_leaves_the_case_open(ada: Member, ben: Member, cleo: Member) -> None:
    den = new_members_room(ada, [ben, cleo])
    for it in (ben, cleo):
        applied(SetRole(den.pk, ada.pk, it.pk, Role.MODERATOR))
    case = case_about(den, ben, ada)
    assert decide(cleo, case, "ban", seconds=0) == 409  # an equal
    assert ReportCase.objects.get().is_open


def test_an_operator_bans_from_everywhere_who_is_reported_in_a_direct_room(
    gus: Member, ada: Member, olga: Member
) -> None:
    case = case_about(new_direct_room(ada, gus), gus, ada)
    assert decide(olga, case, "delete") == 403  # no operator enters such a room by that
    assert ReportCase.objects.get().is_open
    assert decide(olga, case, "block", seconds=0) == 204
    gus.refresh_from_db()
    assert gus.is_banned
    assert decide(ada, case, "block") == 404


def test_moderators_leave_notes_for_each_other(
    ada: Member, ben: Member, cleo: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = new_members_room(ada, [ben, cleo])
    case = case_about(den, ben, cleo)
    address = f"/moderation/{case.uid}/note"
    assert browser_of(ada).post(address, {"text": "He apologised."}).status_code == 204
    assert browser_of(ben).post(address, {"text": "I am nice"}).status_code == 404
    assert "He apologised." in queue(ada)
    monkeypatch.setattr(reports, "NOTES_MAX", 1)
    assert browser_of(ada).post(address, {"text": "Again"}).status_code == 409


# --- what people are told -----------------------------------------------------------------------


def mine(member: Member) -> str:
    return browser_of(member).get("/moderation/mine").content.decode()


def has_news(member: Member) -> bool:
    return Member.objects.get(pk=member.pk).has_news


def test_who_reported_reads_what_became_of_it_until_they_have_looked(
    tea: Room, ada: Member, gus: Member, olga: Member
) -> None:
    case = case_about(tea, ada, gus)
    assert "No moderator has decided yet." in mine(gus)
    assert "News from moderators" not in browser_of(gus).get("/").content.decode()
    decide(olga, case, "acted", answer="We talked.")
    for page in ("/", f"/chat/{tea.address}/"):
        assert "News from moderators" in browser_of(gus).get(page).content.decode()
    assert "A moderator acted." in mine(gus)
    assert "We talked." in mine(gus)
    assert browser_of(gus).post("/moderation/mine").status_code == 204
    assert "News from moderators" not in browser_of(gus).get("/").content.decode()
    assert "We talked." in mine(gus)


def test_a_person_reads_which_decisions_are_about_them_and_why(
    ada: Member, ben: Member, cleo: Member
) -> None:
    den = new_members_room(ada, [ben, cleo], name="Zimtstern")
    decide(ada, case_about(den, ben, cleo), "delete", why="No insults")
    decide(ada, case_about(den, ben, cleo), "mute", why="Calm down", seconds=0)
    page = mine(ben)
    for told in ("deleted a message of yours", "No insults", "muted you", "Calm down", "Zimtstern"):
        assert told in page
    assert "for good" in page
    assert (has_news(ben), has_news(ada)) == (True, False)
    decide(ada, case_about(den, cleo, ada), "ban", why="Out", seconds=0)
    page = mine(cleo)
    assert "banned you" in page
    assert "Zimtstern" not in page  # it may be called something else by now


def test_the_reports_of_a_claimed_guest_are_the_accounts(
    tea: Room, ada: Member, ben: Member, gus: Member
) -> None:
    case = case_about(tea, ada, gus)
    report(tea, ben, case.seq)
    case_about(tea, ada, gus)
    claiming.claim(ben, gus)
    assert {it.reporter for it in Report.objects.all()} == {ben}
    assert Report.objects.count() == 2


def test_a_deleted_account_leaves_neither_name_nor_reason_nor_text(
    tea: Room, ada: Member, ben: Member
) -> None:
    say(tea, ada, "also mine")
    case_about(tea, ada, ben)
    case_about(tea, ben, ada)
    assert ada.user
    delete_account(ada.user, with_messages=True)
    about_ada, about_ben = ReportCase.objects.order_by("pk")
    assert (about_ada.text, about_ada.author_name) == ("", FORMER_NAME)
    assert (about_ben.text, about_ben.author_name) == ("rude", "Ben")
    assert [it.why for it in Report.objects.order_by("pk")] == ["It is rude.", ""]
    assert not any(
        it.author_id == ada.pk for case in (about_ada, about_ben) for it in case.lines.all()
    )


def test_the_profile_counts_for_who_keeps_a_room_alone(
    tea: Room, ada: Member, ben: Member, olga: Member
) -> None:
    case_about(tea, ada, ben)
    pages = [browser_of(it).get("/accounts/profile/").content.decode() for it in (olga, ben)]
    assert ["Moderation (<bdi>1</bdi>)" in it for it in pages] == [True, False]


def test_what_is_decided_about_a_guest_is_news_to_the_account_that_has_the_guest(
    tea: Room, ada: Member, ben: Member, gus: Member, olga: Member
) -> None:
    case = case_about(tea, gus, ada)
    decide(olga, case_about(tea, gus, ada), "delete", why="No insults")
    claiming.claim(ben, Member.objects.get(pk=gus.pk))
    assert has_news(ben)
    assert "No insults" in mine(ben)
    browser_of(ben).post("/moderation/mine")
    assert not has_news(ben)
    decide(olga, case, "delete")
    assert has_news(ben)


def test_a_report_is_counted_again_for_those_whom_it_concerns_alone(
    ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    tea, _ = new_open_room("Tea", ada), new_open_room("Cake", ben)
    members = [it.pk for it in (ada, ben, cleo, gus, olga)]
    assert reports.concerned([tea.pk], members) == {ada.pk, olga.pk}

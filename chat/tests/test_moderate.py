"""`manage.py moderate`: each act from a script, and what it says when it cannot."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.journal import Post
from chat.models import Member, Membership, Message, ModerationAct, Room, Sanction
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_account, new_members_room, settled

pytestmark = pytest.mark.django_db(transaction=True)

Moderate = Callable[..., str]


@pytest.fixture
def olga(db: None) -> Member:
    return new_account("Olga", is_staff=True, is_superuser=True)


@pytest.fixture
def moderate(olga: Member) -> Moderate:
    """Run the command as Olga. Returns what it prints."""

    def run(*args: str, by: str = "olga") -> str:
        printed = io.StringIO()
        call_command("moderate", "--as", by, *args, stdout=printed)
        return printed.getvalue()

    return run


@pytest.fixture
def tea(db: None, ben: Member) -> Room:
    room = new_open_room("Tea")
    for text in ("one", "two", "three"):
        settled(Post(room.pk, ben.pk, uuid4(), text))
    return room


def in_force(member: Member) -> list[tuple[str, int | None]]:
    found = Sanction.objects.in_force().filter(member=member).order_by("pk")
    return list(found.values_list("kind", "room"))


def test_a_script_deletes_mutes_bans_and_lifts(moderate: Moderate, tea: Room, ben: Member) -> None:
    moderate("delete", "tea", "1", "--why", "Rude")
    assert Message.objects.filter(deleted_at=None).count() == 2
    assert moderate("delete-latest", "tea", "@ben") == "Done: 2\n"
    moderate("mute", "Tea", str(ben.uid), "1h", "--why", "Be kind")
    moderate("ban", "Ben", "forever", "--room", "tea")
    assert in_force(ben) == [("mute", tea.pk), ("ban", tea.pk)]
    left = Sanction.objects.get(kind="mute").until - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    moderate("unmute", "tea", "ben")
    moderate("unban", "ben", "--room", "tea")
    assert in_force(ben) == []


def test_a_script_locks_a_room_and_slows_it(moderate: Moderate, tea: Room) -> None:
    moderate("lock", "tea")
    moderate("slow", "tea", "30s")
    tea.refresh_from_db()
    assert (tea.is_locked, tea.slow_seconds) == (True, 30)
    moderate("unlock", "tea")
    moderate("slow", "tea", "0")
    tea.refresh_from_db()
    assert (tea.is_locked, tea.slow_seconds) == (False, 0)


def test_a_script_bans_from_all_rooms_and_lifts_that(
    moderate: Moderate, ben: Member, gus: Member
) -> None:
    moderate("ban", str(gus.uid), "7d")
    moderate("ban", "ben", "forever")
    ben.refresh_from_db()
    assert ben.user
    assert (in_force(gus), ben.user.is_active) == ([("ban", None)], False)
    moderate("unban", str(gus.uid))
    moderate("unban", "ben", "--why", "Said sorry")
    ben.user.refresh_from_db()
    assert (in_force(gus), ben.user.is_active) == ([], True)
    kinds = ModerationAct.objects.order_by("pk").values_list("kind", "undoes__kind")
    assert list(kinds) == [("ban", None), ("ban", None), ("unban", "ban"), ("unban", "ban")]
    with pytest.raises(CommandError, match="not banned"):
        moderate("unban", "ben")


def test_an_operator_who_is_in_a_members_room_has_the_rights_of_the_role(
    moderate: Moderate, ada: Member, ben: Member, olga: Member
) -> None:
    den = new_members_room(ada, [ben, olga])
    with pytest.raises(CommandError, match="cannot change this"):
        moderate("remove", den.address, "ben")
    Membership.objects.filter(room=den, member=olga).update(role="owner")
    moderate("remove", den.address, "ben")
    assert not Membership.objects.filter(room=den, member=ben).exists()


def test_the_log_is_printed_as_json_lines(moderate: Moderate, tea: Room, ben: Member) -> None:
    moderate("mute", "tea", "ben", "1h")
    moderate("lock", "tea")
    printed = [json.loads(it) for it in moderate("log", "--kind", "mute").splitlines()]
    assert [(it["act"], it["by"]["name"], it["person"]["name"]) for it in printed] == [
        ("mute", "Olga", "Ben")
    ]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (["mute", "tea", "nobody", "1h"], "Nobody is called nobody."),
        (["mute", "tea", "Twin", "1h"], "Several people are called Twin"),
        (["mute", "tea", "ben", "soon"], "soon is no time"),
        (["mute", "tea", "ben", "9000d"], "9000d is no time"),
        (["mute", "tea", "olga", "1h"], "You cannot do this"),
        (["unmute", "tea", "ben"], "This is so already."),
        (["ban", "olga", "forever"], "may not do this"),
        (["delete", "tea", "99"], "no such message"),
        (["slow", "tea", "7h"], "7h is no time"),
        (["lock", "nowhere"], "There is no room nowhere"),
        (["lock", "a/b"], "characters"),
        (["log", "--since", "someday"], "since: "),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_what_cannot_be_done_is_said_in_one_line(
    moderate: Moderate, tea: Room, args: list[str], error: str
) -> None:
    for _ in range(2):
        twin = Member.objects.create(name="Twin")
        settled(Post(tea.pk, twin.pk, uuid4(), "hi"))
    with pytest.raises(CommandError, match=error) as refused:
        moderate(*args)
    assert "\n" not in str(refused.value)


def test_only_active_operators_are_named(moderate: Moderate, tea: Room, ada: Member) -> None:
    for name in ("ada", "nobody"):
        with pytest.raises(CommandError, match="no active operator"):
            moderate("lock", "tea", by=name)


def test_a_members_room_of_others_is_refused_as_one_that_is_not_there(
    moderate: Moderate, ada: Member, ben: Member
) -> None:
    den: Any = new_members_room(ada, [ben])
    with pytest.raises(CommandError, match="There is no room"):
        moderate("remove", den.address, "ben")

"""Who gets a push, of what: from the message to what the phone shows."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from chat.journal import Delete, Edit, database
from chat.journal.roster_changes import RemovePerson
from chat.journal.write.markup import mark_up
from chat.models import (
    Member,
    Message,
    Notify,
    PersonBlock,
    PushDevice,
    PushSettings,
    Room,
    Subscription,
)
from chat.models.push import is_between
from chat.push.jobs import SEND
from chat.push.recipients import OLD, add_sends
from chat.tests.push.support import Phone, has_jobs, post, subscribe, work_off
from chat.tests.support.private_rooms import (
    append,
    new_account,
    new_direct_room,
    new_members_room,
)
from chat.tests.support.push_service import Browser


async def test_a_mention_is_pushed_with_its_text_and_address(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    seq = await post(lobby, alice, "@Bob **tea**?")
    await work_off()
    [push] = phone.pushes
    assert push["title"] == "Alice in Lobby"
    assert push["body"] == "@Bob tea?"
    assert push["url"] == f"/chat/Lobby/#{seq}"
    assert push["tag"] == f"{lobby.uid} {seq}"
    assert push["badge"] == 1
    assert not await has_jobs()


async def test_nothing_is_pushed_without_a_mention(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    await post(lobby, alice, "hello all")
    assert not await has_jobs()


async def test_a_mention_of_somebody_without_a_device_adds_no_job(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await subscribe(alice, lobby)
    await post(lobby, bob, "@Alice tea?")
    assert not await has_jobs()


async def test_a_reply_is_pushed_and_says_so(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    seq = await post(lobby, bob, "milk or lemon?")
    await post(lobby, alice, "milk", reply_to=seq)
    await work_off()
    [push] = phone.pushes
    assert push["title"] == "Alice replied to you in Lobby"


async def test_my_own_messages_are_not_pushed_to_me(phone: Phone, lobby: Room, bob: Member) -> None:
    await post(lobby, bob, "@Bob @room remember the tea")
    await work_off()
    assert not phone.pushes


async def test_everybody_is_pushed_for_room(phone: Phone, lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "@room tea is ready")
    await work_off()
    assert phone.bodies == ["@room tea is ready"]


async def test_of_a_followed_room_all_is_pushed(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(Subscription.objects.set_notify, bob, lobby, Notify.ALL)
    await post(lobby, alice, "hello all")
    await work_off()
    assert phone.bodies == ["hello all"]
    assert phone.service.requests[0].headers["urgency"] == "normal"
    await database.write(Subscription.objects.set_notify, bob, lobby, Notify.MENTIONS)
    await post(lobby, alice, "hello again")
    assert not await has_jobs()


async def test_of_a_room_that_should_push_nothing_nothing_is(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(Subscription.objects.set_notify, bob, lobby, Notify.NOTHING)
    await post(lobby, alice, "@Bob @room tea?")
    await work_off()
    assert not phone.pushes


async def test_of_a_muted_room_only_what_means_me_is_pushed(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(Subscription.objects.set_notify, bob, lobby, Notify.ALL)
    await database.write(lambda: Subscription.objects.set_muted(bob, lobby, muted=True))
    await post(lobby, alice, "hello all")
    await post(lobby, alice, "@room tea is ready")
    await post(lobby, alice, "@Bob come")
    await work_off()
    assert phone.bodies == ["@Bob come"]


async def test_a_direct_message_is_pushed_under_the_name_of_its_author(
    phone: Phone,
) -> None:
    olga, ben, _ = await den_with_ben(phone)
    room = await database.write(new_direct_room, olga, ben)
    await post(room, olga, "between us")
    await work_off()
    [push] = phone.pushes
    assert (push["title"], push["body"]) == ("Olga", "between us")
    assert push["url"].startswith(f"/chat/~{room.uid}/#")


async def test_what_i_have_read_elsewhere_is_not_pushed(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    """Who looks at the room on another device has read it before the push would go out."""
    seq = await post(lobby, alice, "@Bob tea?")
    own = Subscription.objects.filter(member=bob, room=lobby)
    await database.write(lambda: own.update(read_seq=seq))
    await work_off()
    assert not phone.pushes


async def test_a_push_waits_until_a_page_would_have_told_that_it_is_read(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    await post(lobby, alice, "@Bob tea?")
    await work_off(skip=timedelta(seconds=3))
    assert not phone.pushes
    await work_off(skip=timedelta(seconds=6))
    assert phone.pushes


async def test_a_person_i_have_blocked_reaches_no_device_of_mine(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(PersonBlock.objects.block, bob, alice)
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert not phone.pushes


async def test_the_text_of_a_deleted_message_is_not_pushed(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    seq = await post(lobby, alice, "@Bob a secret")
    await append(Delete(lobby.pk, alice.pk, seq))
    await work_off()
    assert not phone.service.requests


async def test_an_edited_message_is_pushed_as_it_is_now(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    seq = await post(lobby, alice, "@Bob at sixx")
    markup = await database.read(mark_up, lobby, "@Bob at six")
    await append(Edit(lobby.pk, alice.pk, seq, "@Bob at six", markup))
    await work_off()
    assert phone.bodies == ["@Bob at six"]


async def den_with_ben(phone: Phone) -> tuple[Member, Member, Room]:
    """Olga's members room, Ben in it, and his is the phone."""
    olga, ben = [await database.write(new_account, it) for it in ("Olga", "Ben")]
    den = await database.write(new_members_room, olga, [ben])
    await subscribe(ben, den)
    await database.write(phone.browser.device, ben)
    return olga, ben, den


async def test_who_is_removed_in_between_gets_nothing(
    phone: Phone,
) -> None:
    owner, ben, den = await den_with_ben(phone)
    await post(den, owner, "@Ben still here")
    await work_off()
    assert phone.bodies == ["@Ben still here"]
    await post(den, owner, "@Ben a secret")
    await append(RemovePerson(den.pk, owner.pk, ben.pk))
    await work_off()
    assert len(phone.pushes) == 1


async def test_who_is_removed_after_the_device_was_found_gets_nothing(
    phone: Phone,
) -> None:
    """Rights are asked again when the push goes out."""
    owner, ben, den = await den_with_ben(phone)
    seq = await post(den, owner, "@Ben a secret")
    state = {"room": den.pk, "seq": seq}
    await database.write(add_sends, state, SEND, [phone.device.pk])
    await database.write(lambda: ben.membership_set.all().delete())  # only the right is gone
    await work_off()
    assert not phone.service.requests


async def test_who_sees_the_room_from_later_on_gets_nothing_from_before(
    phone: Phone,
) -> None:
    owner, ben, den = await den_with_ben(phone)
    seq = await post(den, owner, "@Ben a secret")

    def hide() -> None:
        ben.membership_set.filter(room=den).update(since=seq + 1, visible_from=seq + 1)

    await database.write(hide)
    await work_off()
    assert not phone.service.requests


async def test_who_is_banned_in_between_gets_nothing(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await post(lobby, alice, "@Bob tea?")
    until = timezone.now() + timedelta(days=1)
    await database.write(lambda: Member.objects.filter(pk=bob.pk).update(banned_until=until))
    await work_off()
    assert not phone.service.requests


async def test_in_quiet_hours_nothing_is_pushed(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    all_day = {"quiet_from": time(7), "quiet_until": time(7), "time_zone": "Asia/Tokyo"}
    await database.write(lambda: PushSettings.objects.create(member=bob, **all_day))
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert not phone.pushes


def test_quiet_hours_may_go_past_midnight() -> None:
    night = time(22), time(7)
    hours = [it for it in range(24) if is_between(time(it), *night)]
    assert hours == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert [it for it in range(24) if is_between(time(it), time(13), time(15))] == [13, 14]


def test_quiet_hours_are_those_of_the_persons_place() -> None:
    settings = PushSettings(quiet_from=time(22), quiet_until=time(7), time_zone="Asia/Tokyo")
    assert settings.is_quiet(datetime(2026, 1, 1, 14, tzinfo=UTC))
    assert not settings.is_quiet(datetime(2026, 1, 1, 2, tzinfo=UTC))
    assert not PushSettings().is_quiet(timezone.now())


async def test_old_messages_are_not_pushed_when_the_server_comes_back(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    await post(lobby, alice, "@Bob tea?")
    await database.write(lambda: Message.objects.update(sent_at=timezone.now() - OLD))
    await work_off()
    assert not phone.pushes
    assert not await has_jobs()


async def test_with_texts_off_a_push_says_neither_who_nor_where_nor_what(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(lambda: PushSettings.objects.create(member=bob, shows_text=False))
    seq = await post(lobby, alice, "@Bob a secret")
    await work_off()
    [push] = phone.pushes
    assert (push["title"], push["body"]) == ("Lobby", "Something new for you")
    url = push.pop("url")
    assert url.endswith(f"#{seq}")
    for word in ("secret", "Alice", "Lobby/", str(lobby.uid)):
        assert word not in str(push)


async def test_a_push_is_in_the_language_of_its_browser(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await database.write(lambda: PushDevice.objects.update(language="de"))
    seq = await post(lobby, bob, "Milch?")
    await post(lobby, alice, "Ja", reply_to=seq)
    await work_off()
    assert "geantwortet" in phone.pushes[0]["title"]


async def test_what_a_spoiler_hides_is_not_pushed(phone: Phone, lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "@Bob ||the butler|| did `it` &co")
    await work_off()
    assert phone.bodies == ["@Bob ▒▒▒ did it &co"]


async def test_all_devices_of_a_person_get_the_push(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    tablet = Browser("bobs-tablet")
    await database.write(tablet.device, bob)
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert len(phone.pushes) == len(phone.service.pushes(tablet)) == 1


async def test_who_has_left_the_room_gets_nothing(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    await post(lobby, alice, "@Bob tea?")
    await database.write(Subscription.objects.leave, bob, lobby)
    await work_off()
    assert not phone.pushes

"""What push services answer, and what becomes of the push and the device."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import runtime
from chat.journal import database
from chat.models import Job, Member, PushDevice, Room
from chat.models.push import DEVICES_MAX, SILENT_MAX, WAITS
from chat.push import client as push_client
from chat.push.jobs import TRIAL
from chat.tests.push.support import Phone, has_jobs, post, work_off
from chat.tests.support.push_service import TAKEN, Browser, silent, status


async def device(phone: Phone) -> PushDevice | None:
    return await database.read(PushDevice.objects.filter(pk=phone.device.pk).first)


@pytest.mark.parametrize("code", [404, 410])
async def test_a_subscription_that_has_ended_is_removed(
    phone: Phone, lobby: Room, alice: Member, code: int
) -> None:
    phone.service.on(phone.browser, status(code))
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert await device(phone) is None
    assert not await has_jobs()


async def test_a_push_that_was_taken_is_noted(phone: Phone, lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    found = await device(phone)
    assert found
    assert found.pushed_at
    assert found.failing_since is None


@pytest.mark.parametrize("answer", [status(500), status(401), status(307), b"", silent])
async def test_what_fails_is_tried_again_each_time_later_and_then_given_up(
    phone: Phone, lobby: Room, alice: Member, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_client, "WHOLE_SECONDS", 0.3)
    monkeypatch.setattr(push_client, "SLOW_SECONDS", 0)
    phone.service.on(phone.browser, answer)
    await post(lobby, alice, "@Bob tea?")
    await work_off(skip=timedelta(seconds=6))
    for number, wait in enumerate(WAITS, 1):
        assert len(phone.service.requests) == number
        job = await database.read(Job.objects.get)
        left = job.due_at - timezone.now()
        assert wait - timedelta(seconds=30) < left <= wait
        await database.write(Job.objects.update, due_at=timezone.now())
        await runtime.current().push_jobs.run_all()
    assert len(phone.service.requests) == len(WAITS) + 1
    assert not await has_jobs()
    assert await device(phone)


async def test_a_push_arrives_once_its_service_is_back(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    phone.service.on(phone.browser, status(503))
    await post(lobby, alice, "@Bob tea?")
    await work_off(skip=timedelta(seconds=6))
    phone.service.on(phone.browser, TAKEN)
    await work_off()
    found = await device(phone)
    assert found
    assert found.failing_since is None
    assert found.retry_at is None
    assert not await has_jobs()


async def test_a_service_that_asks_to_wait_is_left_alone_so_long(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    phone.service.on(phone.browser, status(429, "Retry-After: 1800"))
    await post(lobby, alice, "@Bob tea?")
    await work_off(skip=timedelta(seconds=6))
    job = await database.read(Job.objects.get)
    assert job.due_at - timezone.now() > timedelta(minutes=29)


async def test_while_a_service_rests_the_badge_counts_what_comes(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    phone.service.on(phone.browser, status(429, "Retry-After: 1800"))
    await post(lobby, alice, "@Bob tea?")
    await work_off(skip=timedelta(seconds=6))
    for number in range(20):
        await post(lobby, alice, f"@Bob {number}")
    await work_off()
    assert len(phone.service.requests) == 1
    assert await database.read(Job.objects.count) == 1
    phone.service.on(phone.browser, TAKEN)
    await work_off(skip=timedelta(hours=1))
    assert phone.pushes[-1]["badge"] == 21


async def test_what_a_service_finds_too_large_is_not_tried_again(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    phone.service.on(phone.browser, status(413))
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert len(phone.service.requests) == 1
    assert not await has_jobs()


async def test_the_longest_message_fits(phone: Phone, lobby: Room, alice: Member) -> None:
    await post(lobby, alice, "@Bob " + "\U0001fad6" * 3_000)
    await work_off()
    assert len(phone.service.requests[0].body) < 4_096
    assert phone.pushes


async def test_a_device_that_failed_for_weeks_is_forgotten(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    phone.service.on(phone.browser, status(500))
    since = timezone.now() - SILENT_MAX - timedelta(days=1)
    await database.write(lambda: PushDevice.objects.update(failing_since=since))
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert await device(phone) is None
    assert not await has_jobs()


async def test_an_endpoint_that_is_no_push_service_is_forgotten(
    phone: Phone, lobby: Room, alice: Member
) -> None:
    await database.write(lambda: PushDevice.objects.update(endpoint="https://127.0.0.1/a"))
    await post(lobby, alice, "@Bob tea?")
    await work_off()
    assert await device(phone) is None
    assert not phone.service.requests


async def test_a_test_reaches_the_device(phone: Phone) -> None:
    await database.write(lambda: Job.objects.add(TRIAL, device=phone.device.pk))
    await work_off()
    assert phone.bodies == ["Notifications reach this device."]


async def test_a_person_tests_once_in_a_while(phone: Phone, bob: Member) -> None:
    assert await database.write(PushDevice.objects.begin_test, bob) == [phone.device.pk]
    assert await database.write(PushDevice.objects.begin_test, bob) == []


async def test_a_browser_is_the_device_of_who_used_it_last(
    phone: Phone, alice: Member, bob: Member
) -> None:
    await database.write(phone.browser.device, alice)
    found = await database.read(PushDevice.objects.select_related("member").get)
    assert found.member == alice


async def test_the_devices_of_a_person_are_bounded(phone: Phone, bob: Member) -> None:
    for number in range(DEVICES_MAX):
        await database.write(Browser(f"b{number}").device, bob)
    assert await database.read(PushDevice.objects.count) == DEVICES_MAX
    assert await device(phone) is None


async def test_a_hanging_service_delays_nobody_elses_push(
    phone: Phone, lobby: Room, alice: Member, bob: Member
) -> None:
    other = Browser("bobs-tablet")
    await database.write(other.device, bob)
    phone.service.on(phone.browser, silent)
    await post(lobby, alice, "@Bob tea?")
    now = runtime.current()
    await database.write(lambda: Job.objects.update(due_at=timezone.now()))
    await now.push_jobs.run_due()
    while not phone.service.pushes(other):
        await now.push_jobs.run_due()
    await now.push_jobs.aclose()

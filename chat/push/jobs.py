"""What jobs do for pushes: find the devices of a message, and push to each.

A device whose push service fails is left alone for a time, each time longer. Of what comes
meanwhile, only what waits briefly is pushed later; the badge counts the rest.
"""

import logging
from datetime import timedelta
from functools import partial

from django.utils import timezone

from chat.journal import database
from chat.live.jobs import Later, State
from chat.live.sidebar.unread_counts import listed_rooms
from chat.models import Member, PushDevice
from chat.push.client import Answer, Unanswered, UnusableEndpoint
from chat.push.encryption import UnusableKeys
from chat.push.payloads import content_of, trial_content
from chat.push.pusher import Push, Pusher
from chat.push.recipients import PAGE, add_sends, find_devices, find_wanted
from chat.push.vapid import Vapid, ensure_key

SEND = "push to device"  # the kinds of the jobs, beside FIND
TRIAL = "push a test"
BRIEF = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class Pushing:
    """The steps of the jobs, for one event loop."""

    def __init__(self, pusher: Pusher) -> None:
        self.pusher = pusher
        self._vapid: Vapid | None = None

    async def find(self, state: State) -> State | None:
        """Add a job for each of some devices. Returns the state that goes on with the next ones."""
        found = partial(find_devices, state["room"], state["seq"], state["after"])
        devices = await database.read(found)
        if devices:
            await database.write(add_sends, state, SEND, devices)
        return {**state, "after": devices[-1]} if len(devices) == PAGE else None

    async def send(self, state: State) -> Later | None:
        """Push a message to a device, if it is still wanted there."""
        device = await database.read(_device, state["device"])
        if device is None:
            return None
        if state["tries"] == 0 and device.is_resting(timezone.now()):
            wait = (device.retry_at or timezone.now()) - timezone.now()
            return Later(wait, state) if wait <= BRIEF else None
        push = await database.read(_push_of, state)
        return await self._push(device, push, state) if push else None

    async def send_trial(self, state: State) -> Later | None:
        """Push a test to a device, without another try."""
        device = await database.read(_device, state["device"])
        if device is not None:
            await self._push(device, _push(device, trial_content(device)), state)
        return None

    async def aclose(self) -> None:
        await self.pusher.aclose()

    async def _push(self, device: PushDevice, push: Push, state: State) -> Later | None:
        """Push, and note what came of it. Returns when to try again."""
        if self._vapid is None:
            self._vapid = await database.write(ensure_key)
        try:
            answer = await self.pusher.push(push, self._vapid)
        except (UnusableEndpoint, UnusableKeys):
            await _forget(device)
            return None
        except Unanswered as reason:
            logger.info("a push was not taken: %s", reason)
            return await _try_again(device, state, None)
        return await _settle(answer, device, state)


async def _settle(answer: Answer, device: PushDevice, state: State) -> Later | None:
    if answer.is_gone:
        await _forget(device)
        return None
    if answer.is_taken:
        await database.write(device.note_success)
        return None
    logger.info("a push was not taken: status %d", answer.status)
    if answer.is_too_large:
        return None
    return await _try_again(device, state, answer.retry_after)


async def _forget(device: PushDevice) -> None:
    await database.write(PushDevice.objects.filter(pk=device.pk).delete)


async def _try_again(device: PushDevice, state: State, asked: timedelta | None) -> Later | None:
    wait = await database.write(device.note_failure, state.get("tries", 0), asked)
    return Later(wait, {**state, "tries": state.get("tries", 0) + 1}) if wait else None


def _device(pk: int) -> PushDevice | None:
    return PushDevice.objects.filter(pk=pk).first()


def _push_of(state: State) -> Push | None:
    """The push of a message, unless it is not wanted any more."""
    wanted = find_wanted(state["device"], state["room"], state["seq"])
    if wanted is None:
        return None
    content = content_of(wanted, _unread_mentions(wanted.device.member))
    topic = "" if wanted.is_mention else str(wanted.room.uid)
    return _push(wanted.device, content, is_urgent=wanted.is_mention, topic=topic)


def _push(
    device: PushDevice, content: dict[str, object], *, is_urgent: bool = True, topic: str = ""
) -> Push:
    return Push(device.endpoint, device.p256dh, device.auth, content, is_urgent, topic)


def _unread_mentions(member: Member) -> int:
    return sum(room.mentions for _, room in listed_rooms(member))

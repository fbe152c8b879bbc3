"""The runtime of an event loop: its channel-layer client, journal, and soft state."""

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from django.conf import settings

from chat.files import jobs as files
from chat.files import uploads
from chat.journal import Change, Journal, Refused, Settled
from chat.journal.write import room_deletion
from chat.journal.write.link_cards import FETCH
from chat.journal.write.pushes import FIND
from chat.journal.write.search_index import PURGE
from chat.link_cards.fetching import Fetcher
from chat.link_cards.jobs import CardJobs
from chat.live.bot_owners import TELL
from chat.live.jobs import Jobs
from chat.live.open_reports import REPORTED, OpenReports
from chat.live.presence import Presence
from chat.live.rates import Rates
from chat.live.read_pointers import ReadPointers
from chat.live.revocations import Revocations
from chat.live.room_states import RoomStates
from chat.live.sidebar import Sidebars
from chat.live.visits import Visits
from chat.models import Member, Webhook
from chat.models.file import EXPIRE
from chat.models.job import EXPIRE_MESSAGES, MAINTAIN
from chat.models.stored_bytes import REMOVE
from chat.models.waiting_post import POST
from chat.personal_data.deletion import FORGET, Forgetting
from chat.personal_data.handing_over import HAND_OVER, HandingOver
from chat.programs.bot_owners import Telling
from chat.programs.hooks import Posting
from chat.programs.waiting import Waiting
from chat.push.jobs import SEND, TRIAL, Pushing
from chat.push.pusher import Pusher
from chat.push.runner import PushJobs
from chat.retention.jobs import Expiring
from chat.retention.maintenance import Maintenance
from chat.search import reindexing
from chat.search.purging import Purging
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus
from chat.transport.turns import Turns
from chat.webhooks.pusher import Pusher as WebhookPusher
from chat.webhooks.runner import CHANGED, WebhookRunner
from chat.webhooks.sending import Sending

CARDS_AT_ONCE = 3  # are fetched by one event loop


class Runtime:
    """The services of one event loop, made together and handed to sessions."""

    def __init__(self) -> None:
        self.layer = LayerClient()
        self.bus = EventBus(self.layer)
        self.journal = Journal(self.layer, self.bus)
        self.presence = Presence(self.layer, self.bus)
        self.read_pointers = ReadPointers(self.bus)
        self.sidebars = Sidebars(self.bus)
        self.room_states = RoomStates(self.bus)
        self.journal.feeds.on_expired(self.room_states.send)
        self.open_reports = OpenReports(self.bus)
        self.visits = Visits()
        self.revocations = Revocations(self.bus)
        self.journal.feeds.on_round(self.revocations.read)
        self.revocations.on_row(self.sidebars.drop)
        self.revocations.on_mute(self.room_states.refresh)
        self.jobs = Jobs(self.bus)
        self.jobs.on(FORGET, Forgetting(self.journal).step)
        self.jobs.on(room_deletion.EMPTY, room_deletion.step)
        self.jobs.on(REMOVE, files.remove)
        self.jobs.on(EXPIRE, files.expire)
        self.jobs.on(HAND_OVER, HandingOver(self.journal).step)
        self.preview_jobs = Jobs(self.bus)  # pictures that take long hold no deletion up
        self.preview_jobs.on(uploads.PREVIEWS, files.make_previews)
        fetching = CardJobs(self.journal, Fetcher())
        self.card_jobs = [Jobs(self.bus) for _ in range(CARDS_AT_ONCE)]  # slow pages hold others up
        for jobs in self.card_jobs:
            jobs.on(FETCH, fetching.step)
        self.pushing = Pushing(Pusher())
        self.push_jobs = PushJobs(self.bus)  # push services may take long
        self.push_jobs.on(FIND, self.pushing.find)
        self.push_jobs.on(SEND, self.pushing.send)
        self.push_jobs.on(TRIAL, self.pushing.send_trial)
        self.search_jobs = Jobs(self.bus)  # of long steps
        self.search_jobs.on(reindexing.KIND, reindexing.step)
        self.search_jobs.on(PURGE, Purging().step)
        self.upkeep_jobs = Jobs(self.bus)  # they take what time there is
        self.upkeep_jobs.on(EXPIRE_MESSAGES, Expiring(self.bus).step)
        self.upkeep_jobs.on(MAINTAIN, Maintenance().step)
        self.rates = Rates()
        self.program_requests = Waiting(self.bus, self.journal.feeds)
        self.jobs.on(POST, Posting(self.journal, self.rates).step)
        self.jobs.on(TELL, Telling(self.journal).step)
        sending = Sending(self.journal, self.rates, WebhookPusher())
        self.webhooks = WebhookRunner(self.bus, self.journal.feeds, sending)
        self.turns = Turns()

    @property
    def runners(self) -> list[Jobs]:
        """All that work jobs off."""
        single = [self.jobs, self.preview_jobs, self.search_jobs, self.upkeep_jobs, self.push_jobs]
        return [*single, *self.card_jobs]

    def start(self) -> None:
        """Receive the events of other processes and work jobs off, before the first connection."""
        self.bus.listen()
        self.jobs.start()
        self.preview_jobs.start()
        self.search_jobs.start()
        self.upkeep_jobs.start()
        self.push_jobs.start()
        self.webhooks.start()
        for jobs in self.card_jobs if settings.LINK_CARDS else ():
            jobs.start()

    async def stop(self) -> None:
        """Close the feeds and leave the channel layer, after every connection is closed."""
        for jobs in self.runners:
            await jobs.aclose()
        await self.pushing.aclose()
        await self.webhooks.aclose()
        await self.room_states.aclose()
        await self.visits.aclose()
        await self.open_reports.aclose()
        await self.revocations.aclose()
        await self.rates.aclose()
        await self.journal.aclose()
        await self.layer.aclose()


_runtimes: WeakKeyDictionary[asyncio.AbstractEventLoop, Runtime] = WeakKeyDictionary()


def current() -> Runtime:
    """The runtime of the running event loop, created at the first call."""
    loop = asyncio.get_running_loop()
    if loop not in _runtimes:
        _runtimes[loop] = Runtime()
    return _runtimes[loop]


def append_from_sync(change: Change) -> Settled:
    """Append a change from synchronous code: views, the admin, commands. Raises Refused."""
    return async_to_sync(_append_and_flush)(change)


def append_all_from_sync(changes: Sequence[Change]) -> list[Settled | Refused]:
    """Append changes together: an outcome for each, in the same order."""
    return async_to_sync(_append_all_and_flush)(changes)


async def _append_and_flush(change: Change) -> Settled:
    [outcome] = await _append_all_and_flush([change])
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


async def _append_all_and_flush(changes: Sequence[Change]) -> list[Settled | Refused]:
    """Announce the changes before returning: this event loop may end with the call."""
    runtime = current()
    outcomes = await asyncio.gather(*(_settled(runtime.journal, change) for change in changes))
    await runtime.journal.flush()
    await runtime.bus.flush()
    return outcomes


async def _settled(journal: Journal, change: Change) -> Settled | Refused:
    try:
        return await journal.settle(change)
    except Refused as refusal:
        return refusal


def publish_reports_from_sync(room_pk: int) -> None:
    """Tell who keeps the room, from synchronous code, that a report came or was decided."""
    async_to_sync(_publish_reports)(room_pk)


async def _publish_reports(room_pk: int) -> None:
    await current().bus.publish_now(REPORTED, str(room_pk), [True])


def publish_rooms_from_sync(member: Member) -> None:
    """Tell the member's pages, from synchronous code, that their list of rooms has changed."""
    async_to_sync(_publish_rooms)(member)


async def _publish_rooms(member: Member) -> None:
    await current().sidebars.publish_change_now(member)


def publish_webhook_from_sync(webhook: Webhook) -> None:
    """Tell the processes, from synchronous code, that a webhook is new, or goes on, or a test."""
    async_to_sync(_publish_webhook)(webhook)


async def _publish_webhook(webhook: Webhook) -> None:
    await current().bus.publish_now(CHANGED, str(webhook.pk), [True])

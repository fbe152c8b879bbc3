"""The journal as a machine: whatever happens, in whatever order, everybody ends with the same room.

Several feeds stand for several processes. Nudges between them are dropped, repeated and reordered,
transactions fail, readers leave and come back to another process with their cursor.
"""

import asyncio
import json
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid4

from django.db import OperationalError, connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from chat.journal import (
    Appended,
    Change,
    Cursor,
    Delete,
    Edit,
    Entry,
    Feed,
    Markup,
    Mentioned,
    Post,
    PostCursor,
    React,
    Refused,
)
from chat.journal.read import queries
from chat.journal.write.appender import commit
from chat.journal.write.batch import Batch
from chat.models import Member, Mention, Message, Reaction, Revision, Room, RoomName
from chat.models.message import Kind

T = TypeVar("T")

PROCESSES = 3
EVERYTHING = 1_000_000

processes = st.integers(0, PROCESSES - 1)
picks = st.integers(0, 10**6)  # one of however many there are
presses = st.tuples(st.integers(0, 1), st.sampled_from(["👍", "🎉"]), st.booleans())


class Reader:
    """Somebody with a cursor, and what they have been sent."""

    def __init__(self, feed: Feed) -> None:
        self.states: dict[int, Entry] = {}
        self.cursor = Cursor(feed, 0)

    def move_to(self, feed: Feed) -> None:
        self.cursor = Cursor(feed, self.cursor.version)

    async def catch_up(self, feed: Feed) -> None:
        while self.cursor.version < feed.head:
            before = self.cursor.version
            slice = await self.cursor.next()
            versions = [entry.version for entry in slice.entries]
            assert versions == sorted(set(versions)), "out of order, or repeated"
            assert versions[0] > before, "sent again"
            self.states |= {entry.seq: entry for entry in slice.entries}
            self.cursor.acknowledge(self.cursor.version)


class Listener:
    """Somebody whose feed carries them along: what they were sent, though each sending may wait."""

    def __init__(self, feed: Feed) -> None:
        self.states: dict[int, str] = {}
        self.versions: list[int] = []
        self.feed = feed
        self.cursor = Cursor(feed, 0)
        self.is_slow = False
        self.task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self.task = asyncio.create_task(self.cursor.follow(self.take, lambda: None))

    async def take(self, frame: str) -> None:
        if self.is_slow:
            await asyncio.sleep(0.001)
        for event in json.loads(frame):
            self.states[event["seq"]] = json.dumps(event)
            self.versions.append(event["version"])
        self.cursor.acknowledge(self.versions[-1])

    async def catch_up(self) -> None:
        while not self.versions or self.versions[-1] < self.feed.head:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class PlainReader:
    """Somebody who hears each message once, as it is posted."""

    def __init__(self, feed: Feed) -> None:
        self.heard: list[int] = []
        self.feed = feed
        self.cursor = PostCursor(feed, feed.head)
        self.since = feed.head

    async def catch_up(self) -> None:
        while self.cursor.version < self.feed.head:
            self.heard += [entry.seq for entry in await self.cursor.next()]
        assert self.heard == sorted(set(self.heard)), "out of order, or repeated"


class JournalMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        name = f"model {uuid4()}"
        self.room = Room.objects.ensure(RoomName.parse(name))
        self.members = [Member.objects.create(name=name) for name in ("Alice", "Bob")]
        self.feeds = [Feed(self.room) for _ in range(PROCESSES)]
        for feed in self.feeds:
            self._run(feed.start())
        self.readers = [Reader(feed) for feed in self.feeds]
        self.homes = dict(zip(self.readers, self.feeds, strict=True))
        self.plain = [PlainReader(feed) for feed in self.feeds]
        self.listeners = [Listener(feed) for feed in self.feeds]
        for listener in self.listeners:
            self._run(listener.begin())
        self.nudges: list[tuple[Feed, list[Entry]]] = []
        self.version = 0
        self.posts: list[Post] = []
        self.pressed: set[tuple[int, str, str]] = set()  # seq, member's id, emoji
        self.deleted: set[int] = set()
        self.topic = ""

    def _run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def offer(self, feed: Feed, entries: list[Entry]) -> None:
        async def arrive() -> None:
            feed.offer(entries)

        self._run(arrive())

    # --- what people do -------------------------------------------------------------------------

    @rule(process=processes, count=st.integers(1, 4), member=st.integers(0, 1))
    def post(self, process: int, count: int, member: int) -> None:
        posts = [self._post(member, f"{len(self.posts)} {n}") for n in range(count)]
        self.posts += posts
        self._commit(process, *posts)

    def _post(self, member: int, text: str, **more: Any) -> Post:
        return Post(self.room.pk, self.members[member].pk, uuid4(), text, **more)

    @precondition(lambda self: self.posts)
    @rule(process=processes, pick=picks, member=st.integers(0, 1), marked=st.booleans())
    def reply(self, process: int, pick: int, member: int, marked: bool) -> None:
        reply = self._post(
            member, "re", reply_to=1 + pick % self.version, markup=self._markup(marked)
        )
        [outcome] = self._commit(process, reply)
        if isinstance(outcome, Appended):
            self.posts.append(reply)

    def _markup(self, marked: bool) -> Markup:
        alice = Mentioned(self.members[0].pk, self.members[0].uid)
        return Markup("<p>html</p>", (alice,), everybody=True) if marked else Markup()

    @rule(process=processes, member=st.integers(0, 1), topic=st.sampled_from(["tea", "", "cake"]))
    def set_topic(self, process: int, member: int, topic: str) -> None:
        self.topic = topic
        self.posts.append(self._post(member, topic, kind=Kind.TOPIC))
        self._commit(process, self.posts[-1])

    @precondition(lambda self: self.posts)
    @rule(process=processes, pick=picks)
    def resend(self, process: int, pick: int) -> None:
        self._commit(process, self.posts[pick % len(self.posts)])

    @precondition(lambda self: self.posts)
    @rule(process=processes, pick=picks)
    def resend_in_a_race(self, process: int, pick: int) -> None:
        """Another process commits it after we looked and before we write."""
        find, looks = Batch._find_posted, iter([True])

        def find_nothing_at_first(posts: Sequence[Post]) -> dict[tuple[int, UUID], Message]:
            return {} if next(looks, False) else find(posts)

        with patch.object(Batch, "_find_posted", staticmethod(find_nothing_at_first)):
            self._commit(process, self.posts[pick % len(self.posts)])

    @precondition(lambda self: self.version)
    @rule(
        process=processes,
        pick=picks,
        member=st.integers(0, 1),
        text=st.sampled_from("abc"),
        marked=st.booleans(),
    )
    def edit(self, process: int, pick: int, member: int, text: str, marked: bool) -> None:
        seq = 1 + pick % self.version
        markup = self._markup(marked)
        self._commit(process, Edit(self.room.pk, self.members[member].pk, seq, text, markup))

    @precondition(lambda self: self.version)
    @rule(process=processes, pick=picks, member=st.integers(0, 1))
    def delete(self, process: int, pick: int, member: int) -> None:
        seq = 1 + pick % self.version
        [outcome] = self._commit(process, Delete(self.room.pk, self.members[member].pk, seq))
        if isinstance(outcome, Appended):
            self.deleted.add(seq)

    @precondition(lambda self: self.version)
    @rule(process=processes, pick=picks, presses=st.lists(presses, min_size=1, max_size=5))
    def react(self, process: int, pick: int, presses: list[tuple[int, str, bool]]) -> None:
        """Several people at once, on one message: told as one change."""
        seq, before = 1 + pick % self.version, self.version
        people = [(self.members[member], emoji, on) for member, emoji, on in presses]
        reacts = [React(self.room.pk, who.pk, seq, emoji, on) for who, emoji, on in people]
        outcomes = self._commit(process, *reacts)
        assert self.version - before <= 1, "told one by one"
        for (who, emoji, on), outcome in zip(people, outcomes, strict=True):
            if isinstance(outcome, Appended):
                press = self.pressed.add if on else self.pressed.discard
                press((seq, str(who.uid), emoji))

    @rule(process=processes, member=st.integers(0, 1))
    def post_while_the_disk_fails(self, process: int, member: int) -> None:
        store = Batch.store

        def fail(ledger: Batch) -> None:
            store(ledger)
            raise OperationalError("disk I/O error")

        with patch.object(Batch, "store", fail):
            outcomes = self._commit(process, self._post(member, "never"))
        assert all(isinstance(outcome, Refused) for outcome in outcomes)

    def _commit(self, process: int, *changes: Change) -> list[Appended | Refused]:
        outcomes = commit(changes)
        self._announce(process, outcomes)
        return outcomes

    def _announce(self, process: int, outcomes: list[Appended | Refused]) -> None:
        entries = [it.entry for it in outcomes if isinstance(it, Appended) and not it.is_duplicate]
        versions = [entry.version for entry in entries]
        assert versions == [self.version + n + 1 for n in range(len(entries))], "not dense"
        self.version += len(entries)
        if entries:
            self.offer(self.feeds[process], entries)
            others = [feed for feed in self.feeds if feed is not self.feeds[process]]
            self.nudges += [(feed, entries) for feed in others]

    # --- what the channel layer does ------------------------------------------------------------

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def deliver(self, pick: int) -> None:
        feed, entries = self.nudges.pop(pick % len(self.nudges))
        self.offer(feed, entries)

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def deliver_and_keep(self, pick: int) -> None:
        feed, entries = self.nudges[pick % len(self.nudges)]
        self.offer(feed, entries)

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def drop(self, pick: int) -> None:
        self.nudges.pop(pick % len(self.nudges))

    @rule()
    def let_some_time_pass(self) -> None:
        self._run(asyncio.sleep(0.005))

    # --- what readers do ------------------------------------------------------------------------

    @rule(pick=picks)
    def read_on(self, pick: int) -> None:
        reader = self.readers[pick % len(self.readers)]
        self._run(reader.catch_up(self.homes[reader]))

    @rule(pick=picks, process=processes)
    def come_back_to_another_process(self, pick: int, process: int) -> None:
        reader = self.readers[pick % len(self.readers)]
        self.homes[reader] = self.feeds[process]
        reader.move_to(self.feeds[process])

    @rule(pick=picks)
    def hear_on(self, pick: int) -> None:
        self._run(self.plain[pick % len(self.plain)].catch_up())

    @rule(pick=picks, is_slow=st.booleans())
    def change_speed(self, pick: int, is_slow: bool) -> None:
        self.listeners[pick % len(self.listeners)].is_slow = is_slow

    # --- and how it ends ------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._run(self._settle())
            self._judge()
        finally:
            for feed in self.feeds:
                feed.stop()
            for listener in self.listeners:
                assert listener.task is not None
                listener.task.cancel()
            self._run(asyncio.sleep(0))
            self.loop.close()
            connection.close()

    async def _settle(self) -> None:
        async with asyncio.timeout(10):
            for feed in self.feeds:
                feed.announce_head(self.version)
            while any(feed.head < self.version for feed in self.feeds):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            for reader in self.readers:
                await reader.catch_up(self.homes[reader])
            for plain in self.plain:
                await plain.catch_up()
            if self.version:
                for listener in self.listeners:
                    await listener.catch_up()

    def _judge(self) -> None:
        entries, _ = queries.page(self.room.pk, EVERYTHING)
        snapshot = {entry.seq: entry.json for entry in entries}
        for reader in self.readers:
            replayed = {seq: entry.json for seq, entry in reader.states.items()}
            assert replayed == snapshot, "a stale snapshot and what follows is not a fresh one"
        fresh = {seq: json.dumps(json.loads(state)) for seq, state in snapshot.items()}
        for listener in self.listeners:
            assert listener.states == fresh, "not what a fresh snapshot shows"
            assert listener.versions == sorted(set(listener.versions)), "repeated, or disordered"
        ids = list(Message.objects.filter(room=self.room).values_list("client_id", flat=True))
        assert len(ids) == len(set(ids)), "one id, two messages"
        assert set(ids) == {post.client_id for post in self.posts}, "lost, or never posted"
        standing = Message.objects.filter(room=self.room, deleted_at=None)
        self._judge_what_hangs_on_messages()
        for plain in self.plain:
            expected = set(standing.filter(seq__gt=plain.since).values_list("seq", flat=True))
            assert expected <= set(plain.heard), "not heard"

    def _judge_what_hangs_on_messages(self) -> None:
        """The rows, the messages, and what people did say the same."""
        messages = {it.seq: it for it in Message.objects.filter(room=self.room)}
        expected = {it for it in self.pressed if it[0] not in self.deleted}
        rows = Reaction.objects.filter(message__room=self.room)
        assert set(rows.values_list("message__seq", "member__uid", "emoji")) == {
            (seq, UUID(member), emoji) for seq, member, emoji in expected
        }, "reactions are lost, or were never made"
        shown = {
            (seq, person["id"], reaction["emoji"])
            for seq, message in messages.items()
            for reaction in message.reactions
            for person in reaction["people"]
        }
        assert shown == expected, "a message shows other reactions than there are"
        for seq, message in messages.items():
            for reaction in message.reactions:
                assert reaction["count"] == len(reaction["people"]), "miscounted"
            mentions = Mention.objects.filter(message=message, room=self.room, seq=seq).count()
            assert mentions == len(message.mentions), "somebody else is meant"
            if seq in self.deleted:
                assert (message.text, message.html, message.mentions) == ("", "", [])
                assert not Revision.objects.filter(message=message).exists()
        self.room.refresh_from_db()
        assert self.room.topic == self.topic, "not the topic that was set last"
        assert self.room.last_seq == max(messages, default=0)

"""A state machine of the journal: whatever happens, all clients end with the same room.

Several feeds stand for several processes. Nudges between them are dropped, repeated and reordered,
transactions fail, clients disconnect and resume from another process with their cursor.
"""

import asyncio
import json
from collections.abc import Awaitable, Collection
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
    Settled,
)
from chat.journal.read import queries
from chat.journal.write import stored_messages
from chat.journal.write.appender import commit
from chat.journal.write.batch import Batch
from chat.journal.write.stored_messages import PostKey
from chat.models import Member, Mention, Message, Reaction, Revision, Room, RoomName
from chat.models.message import Kind
from chat.tests.support.message_changes import Event, applied

T = TypeVar("T")

PROCESSES = 3
EVERYTHING = 1_000_000

processes = st.integers(0, PROCESSES - 1)
picks = st.integers(0, 10**6)  # an index, modulo the length of what it picks from
reactions = st.tuples(st.integers(0, 1), st.sampled_from(["👍", "🎉"]), st.booleans())


class ReadingClient:
    """A `chat.v1` client that reads from time to time, and what it was sent."""

    def __init__(self, feed: Feed) -> None:
        self.states: dict[int, Event] = {}
        self.cursor = Cursor(feed, 0)

    def move_to(self, feed: Feed) -> None:
        self.cursor = Cursor(feed, self.cursor.version)

    async def catch_up(self, feed: Feed) -> None:
        while self.cursor.version < feed.head:
            before = self.cursor.version
            slice = await self.cursor.next()
            versions = [entry.version for entry in slice.entries]
            assert versions == sorted(set(versions)), "out of order or repeated"
            assert versions[0] > before, "sent again"
            for entry in slice.entries:
                self.states[entry.seq] = applied(self.states, json.loads(entry.json))
            self.cursor.acknowledge(self.cursor.version)


class ChangesClient(ReadingClient):
    """A client that reads from time to time, and takes changes of messages."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(feed)
        self.move_to(feed)

    def move_to(self, feed: Feed) -> None:
        self.cursor = Cursor(feed, self.cursor.version, changes_from=0)


class FollowingClient:
    """A `chat.v1` client that its feed pushes to, at times slow, and what it was sent."""

    def __init__(self, feed: Feed, *, takes_changes: bool = False) -> None:
        self.states: dict[int, Event] = {}
        self.versions: list[int] = []
        self.feed = feed
        self.cursor = Cursor(feed, 0, changes_from=0) if takes_changes else Cursor(feed, 0)
        self.is_slow = False
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self.cursor.follow(self.receive, lambda: None))

    async def receive(self, frame: str) -> None:
        if self.is_slow:
            await asyncio.sleep(0.001)
        for event in json.loads(frame):
            self.states[event["seq"]] = applied(self.states, event)
            self.versions.append(event["version"])
        self.cursor.acknowledge(self.versions[-1])

    async def catch_up(self) -> None:
        while not self.versions or self.versions[-1] < self.feed.head:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


class PlainClient:
    """A plain client, and the seqs it was sent."""

    def __init__(self, feed: Feed) -> None:
        self.received: list[int] = []
        self.feed = feed
        self.cursor = PostCursor(feed, feed.head)
        self.joined_at = feed.head

    async def catch_up(self) -> None:
        while self.cursor.version < self.feed.head:
            self.received += [entry.seq for entry in await self.cursor.next()]
        assert self.received == sorted(set(self.received)), "out of order or repeated"


def as_json(states: dict[int, Event]) -> dict[int, str]:
    """The states as text, which also shows the order of their fields."""
    return {seq: json.dumps(state) for seq, state in states.items()}


class JournalMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        name = f"model {uuid4()}"
        self.room = Room.objects.ensure(RoomName.parse(name))
        self.members = [Member.objects.create(name=name) for name in ("Alice", "Bob")]
        self.feeds = [Feed(self.room) for _ in range(PROCESSES)]
        for feed in self.feeds:
            feed.start(head=0)
        self.reading = [kind(it) for it in self.feeds for kind in (ReadingClient, ChangesClient)]
        self.feed_of = {it: self.feeds[n // 2] for n, it in enumerate(self.reading)}
        self.plain = [PlainClient(feed) for feed in self.feeds]
        self.following = [
            FollowingClient(feed, takes_changes=it) for feed in self.feeds for it in (False, True)
        ]
        for client in self.following:
            self._run(client.start())
        self.nudges: list[tuple[Feed, list[Entry]]] = []
        self.version = 0
        self.posts: list[Post] = []
        self.reactions: set[tuple[int, str, str]] = set()  # seq, member's id, emoji
        self.deleted: set[int] = set()
        self.topic = ""

    def _run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def offer(self, feed: Feed, entries: list[Entry]) -> None:
        async def offer() -> None:
            feed.offer(entries)

        self._run(offer())

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
        """Another process has committed the message after we looked for it and before we write."""
        find, first_look = stored_messages.find_posted, iter([True])

        def find_nothing_at_first(sent: Collection[tuple[int, UUID]]) -> dict[PostKey, Message]:
            return {} if next(first_look, False) else find(sent)

        with patch.object(stored_messages, "find_posted", find_nothing_at_first):
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
    @rule(process=processes, pick=picks, reactions=st.lists(reactions, min_size=1, max_size=5))
    def react(self, process: int, pick: int, reactions: list[tuple[int, str, bool]]) -> None:
        """Several reactions to one message, at once, are one change."""
        seq, before = 1 + pick % self.version, self.version
        wanted = [(self.members[member], emoji, on) for member, emoji, on in reactions]
        reacts = [React(self.room.pk, it.pk, seq, emoji, on) for it, emoji, on in wanted]
        outcomes = self._commit(process, *reacts)
        assert self.version - before <= 1, "several changes"
        for (member, emoji, on), outcome in zip(wanted, outcomes, strict=True):
            if isinstance(outcome, Appended):
                change = self.reactions.add if on else self.reactions.discard
                change((seq, str(member.uid), emoji))

    @rule(process=processes, member=st.integers(0, 1))
    def post_while_the_disk_fails(self, process: int, member: int) -> None:
        store = Batch.store

        def fail(batch: Batch) -> None:
            store(batch)
            raise OperationalError("disk I/O error")

        with patch.object(Batch, "store", fail):
            outcomes = self._commit(process, self._post(member, "never"))
        assert all(isinstance(outcome, Refused) for outcome in outcomes)

    def _commit(self, process: int, *changes: Change) -> list[Settled | Refused]:
        outcomes = commit(changes)
        self._announce(process, outcomes)
        return outcomes

    def _announce(self, process: int, outcomes: list[Settled | Refused]) -> None:
        entries = [it.entry for it in outcomes if isinstance(it, Appended) and not it.is_duplicate]
        versions = [entry.version for entry in entries]
        assert versions == [self.version + n + 1 for n in range(len(entries))], "versions with gaps"
        self.version += len(entries)
        if entries:
            self.offer(self.feeds[process], entries)
            others = [feed for feed in self.feeds if feed is not self.feeds[process]]
            self.nudges += [(feed, entries) for feed in others]

    # --- what the channel layer does ------------------------------------------------------------

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def deliver_nudge(self, pick: int) -> None:
        feed, entries = self.nudges.pop(pick % len(self.nudges))
        self.offer(feed, entries)

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def deliver_nudge_and_repeat_it_later(self, pick: int) -> None:
        feed, entries = self.nudges[pick % len(self.nudges)]
        self.offer(feed, entries)

    @precondition(lambda self: self.nudges)
    @rule(pick=picks)
    def drop_nudge(self, pick: int) -> None:
        self.nudges.pop(pick % len(self.nudges))

    @rule()
    def let_time_pass(self) -> None:
        self._run(asyncio.sleep(0.005))

    # --- what clients do ------------------------------------------------------------------------

    @rule(pick=picks)
    def catch_up(self, pick: int) -> None:
        client = self.reading[pick % len(self.reading)]
        self._run(client.catch_up(self.feed_of[client]))

    @rule(pick=picks, process=processes)
    def resume_from_another_process(self, pick: int, process: int) -> None:
        client = self.reading[pick % len(self.reading)]
        self.feed_of[client] = self.feeds[process]
        client.move_to(self.feeds[process])

    @rule(pick=picks)
    def catch_up_in_plain_mode(self, pick: int) -> None:
        self._run(self.plain[pick % len(self.plain)].catch_up())

    @rule(pick=picks, is_slow=st.booleans())
    def change_speed(self, pick: int, is_slow: bool) -> None:
        self.following[pick % len(self.following)].is_slow = is_slow

    # --- the end --------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._run(self._let_all_catch_up())
            self._check()
        finally:
            for feed in self.feeds:
                feed.stop()
            for client in self.following:
                assert client.task is not None
                client.task.cancel()
            self._run(asyncio.sleep(0))
            self.loop.close()
            connection.close()

    async def _let_all_catch_up(self) -> None:
        async with asyncio.timeout(10):
            for feed in self.feeds:
                feed.announce_head(self.version)
            while any(feed.head < self.version for feed in self.feeds):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            for reading in self.reading:
                await reading.catch_up(self.feed_of[reading])
            for plain in self.plain:
                await plain.catch_up()
            if self.version:
                for following in self.following:
                    await following.catch_up()

    def _check(self) -> None:
        entries, _ = queries.page(self.room.pk, EVERYTHING)
        snapshot = as_json({entry.seq: json.loads(entry.json) for entry in entries})
        for reading in self.reading:
            assert as_json(reading.states) == snapshot, "the replayed entries are not the stored"
        for following in self.following:
            assert as_json(following.states) == snapshot, (
                "the received events are not the stored messages"
            )
            versions = following.versions
            assert versions == sorted(set(versions)), "out of order or repeated"
        ids = list(Message.objects.filter(room=self.room).values_list("client_id", flat=True))
        assert len(ids) == len(set(ids)), "two messages with one id"
        assert set(ids) == {post.client_id for post in self.posts}, "lost or never posted"
        not_deleted = Message.objects.filter(room=self.room, deleted_at=None)
        for plain in self.plain:
            newer = not_deleted.filter(seq__gt=plain.joined_at)
            expected = set(newer.values_list("seq", flat=True))
            assert expected <= set(plain.received), "not sent to a plain client"
        self._check_related_rows()

    def _check_related_rows(self) -> None:
        """Related rows and messages show what people did."""
        messages = {it.seq: it for it in Message.objects.filter(room=self.room)}
        expected = {it for it in self.reactions if it[0] not in self.deleted}
        rows = Reaction.objects.filter(message__room=self.room)
        assert set(rows.values_list("message__seq", "member__uid", "emoji")) == {
            (seq, UUID(member), emoji) for seq, member, emoji in expected
        }, "reactions are lost or were never made"
        shown = {
            (seq, person["id"], reaction["emoji"])
            for seq, message in messages.items()
            for reaction in message.reactions
            for person in reaction["people"]
        }
        assert shown == expected, "a message shows other reactions than are stored"
        for seq, message in messages.items():
            for reaction in message.reactions:
                assert reaction["count"] == len(reaction["people"]), "a wrong count of reactions"
            mentions = Mention.objects.filter(message=message, room=self.room, seq=seq).count()
            assert mentions == len(message.mentions), "wrong mentions"
            if seq in self.deleted:
                assert (message.text, message.html, message.mentions) == ("", "", [])
                assert not Revision.objects.filter(message=message).exists()
        self.room.refresh_from_db()
        assert self.room.topic == self.topic, "not the topic that was set last"
        assert self.room.last_seq == max(messages, default=0)

"""Messages that wait for a moderator, in place of those that a room's filter holds back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chat.formatting.word_filter import folded, has_any
from chat.journal.changes import HELD, HELD_EDIT, REJECTED, TOO_MANY_HELD, Edit, Post, Refused
from chat.models import HeldMessage, HeldRule, Member, Message, Room, RoomFilter
from chat.models.room_filter import HELD_IN_ROOM_MAX, HELD_OF_MEMBER_MAX
from chat.protocol import Translatable

NEWCOMER_FOR = timedelta(days=1)  # since the member came
REPEATED_WITHIN = timedelta(minutes=10)
REPEATED_AMONG = 20  # of the author's latest messages in the room
REPEATED_CHARACTERS = 200  # of a text that are compared
FOLDED_MAX_CHARACTERS = 16_000  # a few signs grow when they are folded: such a text is held
MARKS = str.maketrans("", "", "*_~`|\\")  # of Markdown, within words
REPEATED_BEHIND = 500  # of the room's latest changes
REPEATED_TIMES = 2  # that a text is posted; the next one is held


class HeldMessages:
    """The messages that one transaction holds, by the filters of its rooms."""

    def __init__(
        self,
        sent: Collection[tuple[Member, UUID]],
        filters: Mapping[int, RoomFilter],
        now: datetime,
    ) -> None:
        """`sent` are the stored authors and the client ids of posts in filtered rooms."""
        self._filters = filters
        uids = {author.pk: author.uid for author, _ in sent}
        stored = HeldMessage.objects.sent([(author.pk, id) for author, id in sent])
        self._held = {(uids[pk], id): held for (pk, id), held in stored.items()}
        self._new: list[HeldMessage] = []
        self._now = now

    def answer(self, post: Post, member: Member) -> Refused | None:
        """The refusal of a post that was held before, and sent again."""
        held = self._held.get((member.uid, post.client_id))
        if held is None:
            return None
        if held.rejected_at is None:
            return Refused(*HELD)
        return (
            Refused(
                REJECTED[0],
                Translatable("A moderator did not let this through: %(why)s", why=held.why),
            )
            if held.why
            else Refused(*REJECTED)
        )

    def held(self, post: Post, member: Member) -> HeldMessage | None:
        """What waits in place of a post."""
        return self._held.get((member.uid, post.client_id))

    def hold(
        self, post: Post, room: Room, member: Member, posted: Iterable[Message]
    ) -> Refused | None:
        """Hold a post that the filter of the room holds back. `posted` are new messages."""
        rule = self._rule(post, room, member) or self._repeats(post, room, member, posted)
        if rule is None:
            return None
        if self._is_full(room, member):
            return Refused(*TOO_MANY_HELD)
        held = HeldMessage(
            room=room,
            member=member,
            client_id=post.client_id,
            kind=post.kind,
            text=post.text,
            reply_to=post.reply_to,
            rule=rule,
            at=self._now,
        )
        self._new.append(held)
        self._held[member.uid, post.client_id] = held
        return Refused(*HELD)

    def refuse_edit(self, edit: Edit, room: Room, member: Member) -> Refused | None:
        """The refusal of a new text that would be held: a message cannot wait where it stands."""
        return Refused(*HELD_EDIT) if self._rule(edit, room, member) else None

    def store(self) -> None:
        """Store the held messages, once newcomers are stored."""
        for held in self._new:
            held.member = held.member  # takes the key that a newcomer has by now
        if self._new:
            HeldMessage.objects.bulk_create(self._new)

    def _rule(self, change: Post | Edit, room: Room, member: Member) -> HeldRule | None:
        """Why a text is held, whatever was said before."""
        filter = self._filters.get(room.pk)
        if filter is None:
            return None
        if filter.holds_words and _has_words(change.text, filter):
            return HeldRule.WORD
        has_link = "<a " in change.markup.html
        if filter.holds_newcomer_links and has_link and self._is_newcomer(member):
            return HeldRule.LINK
        return None

    def _is_newcomer(self, member: Member) -> bool:
        return not member.is_saved or member.created_at > self._now - NEWCOMER_FOR

    def _repeats(
        self, post: Post, room: Room, member: Member, posted: Iterable[Message]
    ) -> HeldRule | None:
        filter = self._filters.get(room.pk)
        if filter is None or not filter.holds_repeated or not post.text:
            return None
        texts = [it.text for it in posted if it.author == member and it.room_id == room.pk]
        if member.is_saved:
            texts += self._stored_texts(room, member)
        text = _beginning(post.text)
        same = [it for it in texts if _beginning(it) == text]
        return HeldRule.REPEATED if len(same) >= REPEATED_TIMES else None

    def _stored_texts(self, room: Room, member: Member) -> list[str]:
        latest = Message.objects.filter(room=room, seq__gt=room.last_seq - REPEATED_BEHIND)
        of_member = latest.filter(author=member, sent_at__gt=self._now - REPEATED_WITHIN)
        texts = of_member.order_by("-seq").values_list("text", flat=True)
        return list(texts[:REPEATED_AMONG])

    def _is_full(self, room: Room, member: Member) -> bool:
        waiting = HeldMessage.objects.waiting().filter(room=room)
        new = [it for it in self._new if it.room_id == room.pk]
        if waiting.count() + len(new) >= HELD_IN_ROOM_MAX:
            return True
        stored = waiting.filter(member=member).count() if member.is_saved else 0
        return stored + len([it for it in new if it.member == member]) >= HELD_OF_MEMBER_MAX


def _has_words(text: str, filter: RoomFilter) -> bool:
    phrases, seen = filter.phrases, folded(text)
    if len(seen) > FOLDED_MAX_CHARACTERS:
        return True
    return has_any(seen, phrases) or has_any(seen.translate(MARKS), phrases)


def _beginning(text: str) -> str:
    return folded(text[:REPEATED_CHARACTERS])

"""Makes of the records of messages what the write door takes: with markup, reactions and files."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat import formatting, models
from chat.formatting import name_key, sanitizer
from chat.journal.changes import Markup, Mentioned
from chat.journal.write import past_messages
from chat.journal.write.past_messages import OwnKey, PastMessage, Stored
from chat.models import Member
from chat.models.message import EVERYBODY, REACTIONS_MAX
from chat.transfer.arrived_files import ArrivedFiles
from chat.transfer.packages import Package
from chat.transfer.people import Members
from chat.transfer.records import Message, Reaction
from chat.transfer.report import Report
from chat.transfer.rooms import Arriving
from chat.transfer.staging import Staging

TOO_MANY_EMOJI = f"reactions with more than {REACTIONS_MAX} emoji on a message"

Summed = list[tuple[str, list[Member]]]  # reactions, by emoji


class Messages:
    """The messages of one import."""

    def __init__(
        self,
        staging: Staging,
        package: Package,
        report: Report,
        members: Members,
        rooms: dict[UUID, Arriving],
    ) -> None:
        self._staging, self._report, self._members, self._rooms = staging, report, members, rooms
        self._files = ArrivedFiles(package, report, keeps=staging.keeps_places)
        self._named: dict[str, list[UUID]] = defaultdict(list)
        for uid, member in members.items():
            self._named[name_key(member.name)].append(uid)

    def own_key(self, record: Message) -> OwnKey:
        return self._members[record.author].pk, record.id

    def past(self, record: Message) -> PastMessage:
        """What the write door takes. The bytes of its files are in the storage then."""
        row = self._rooms[record.room].row
        author = self._members[record.author]
        files = self._files.of(record, row, self._members)
        message = models.Message(
            room=row,
            author=author,
            client_id=record.id,
            kind=record.kind,
            text=record.text,
            event=record.event,
            sent_at=min(record.sent_at, timezone.now()),  # by a clock that was ahead
            edited_at=record.edited_at,
            deleted_at=record.deleted_at,
            deleted_by=record.deleted_by,
            files=[it.as_sent() for it in files],
        )
        reactions = self._summed(record, message)
        if self._staging.keeps_places:
            mentioned = self._keep(message, record)
        else:
            mentioned = self._mark_up(message, record)
        return PastMessage(
            message,
            answers=record.answers,
            mentioned=mentioned,
            reactions=reactions,
            revisions=[
                models.Revision(version=it.version, text=it.text, written_at=it.written_at)
                for it in record.revisions
            ],
            files=files,
        )

    @transaction.atomic
    def store(self, past: Sequence[PastMessage]) -> Stored:
        """Store messages with the jobs for their files. Bytes that no message has then go."""
        stored = past_messages.store(past)
        self._files.add_jobs(file for it in stored.new for file in it.files)
        self._files.settle(file for it in stored.new for file in it.files)
        return stored

    # --- texts ----------------------------------------------------------------------------------

    def _keep(self, message: models.Message, record: Message) -> set[int | None]:
        """Keep the place and the markup. Returns whom the message mentions."""
        message.seq, message.version = record.seq, record.version
        message.reply_to, message.edited_version = record.reply_to, record.edited_version
        message.html = sanitizer.clean(record.html)  # it may come from anywhere
        message.mentions, message.card = record.mentions, record.card
        mentioned: set[int | None] = set()
        for it in record.mentions:
            member = None if it == EVERYBODY else self._members.get(UUID(it))
            if member is not None or it == EVERYBODY:
                mentioned.add(member.pk if member else None)
        return mentioned

    def _mark_up(self, message: models.Message, record: Message) -> set[int | None]:
        """Render the text. Returns whom the message mentions."""
        answered = self._answer(message, record)
        markup = self._markup(record.text)
        message.html, message.mentions = markup.html, markup.mentions(answered)
        return markup.member_ids | ({answered.pk} if answered else set())

    def _markup(self, text: str) -> Markup:
        if formatting.is_plain_text(text):
            return Markup()
        keys = formatting.mention_candidates(text)
        people = {key: self._named[key] for key in keys if key in self._named}
        counts = {key: len(uids) for key, uids in people.items()}
        rendered = formatting.render(text, people, counts)
        mentioned = (Mentioned(self._members[it].pk, it) for it in rendered.mentioned)
        return Markup(rendered.html, tuple(mentioned), rendered.everybody)

    def _answer(self, message: models.Message, record: Message) -> Member | None:
        """Let a message answer another one, if that is here. Returns whom it answers."""
        if record.answers is None:
            return None
        place = self._staging.place_of(record.room, record.answers)
        if place is None:
            self._report.leave("replies to what is not in the export", record.text[:40])
            return None
        message.reply_to = place.seq  # None: it may come in the same step
        answered = self._members[place.author]
        return None if answered.pk == message.author_id else answered

    # --- reactions ------------------------------------------------------------------------------

    def _summed(self, record: Message, message: models.Message) -> Summed:
        """The reactions, each once; their summary goes into the message."""
        joined: dict[str, dict[UUID, Member]] = defaultdict(dict)
        for it in record.reactions:
            joined[it.emoji].update({uid: self._members[uid] for uid in it.people})
        summed = [(emoji, list(people.values())) for emoji, people in joined.items() if people]
        for emoji, people in summed[:REACTIONS_MAX]:
            for member in people:
                message.add_reaction(emoji, member)
        self._leave(record.reactions, summed[REACTIONS_MAX:])
        return summed[:REACTIONS_MAX]

    def _leave(self, reactions: Sequence[Reaction], left: Summed) -> None:
        if reactions and left:
            count = sum(len(people) for _, people in left)
            self._report.leave(TOO_MANY_EMOJI, left[0][0], count)

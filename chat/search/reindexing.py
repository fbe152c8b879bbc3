"""Reads all messages anew where the tokeniser is another one than the index was made with.

So does the first start of an installation that is older than its search. A job does it in bounded
steps: people post in between, and find by what is indexed already, and by what was. Each row is
stored under the lock of its room, so that no older state of a message takes a newer one's place.

Other processes may be of the version before for a while, and index what is said by its tokeniser:
what was said or edited since the job began is read again once they are gone.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat.journal import database
from chat.journal.search_fields import fields_of
from chat.journal.write import search_index, statements
from chat.models import Job, Mention, Message, SearchState
from chat.models.message import Kind
from chat.words.tokens import VERSION, tokens

# The kind of the job: a process with another tokeniser leaves it to others.
KINDS = "index messages"
KIND = f"{KINDS} {VERSION}"
STEP_MESSAGES = 100
STEP_LOOKS = 2_000  # primary keys of which those are read again that have changed
OTHERS_END = timedelta(hours=1)  # until then, all processes are of one version

State = dict[str, Any]
Rows = dict[int, search_index.Row]  # by the messages' primary keys


def ensure() -> None:
    """Add the job, unless the index is made with this tokeniser, or about to be."""
    if SearchState.objects.tokeniser() == VERSION or Job.objects.filter(kind=KIND).exists():
        return
    with transaction.atomic():
        Job.objects.filter(kind__startswith=KINDS).delete()
        if Message.objects.exists():
            Job.objects.add_quietly(KIND, after=0, began=timezone.now().isoformat())
        else:
            SearchState.objects.set_tokeniser(VERSION)


def forget(models: Apps) -> None:
    """The index is empty, as its rows are not in a backup: the next start adds the job.

    `models` may be those of an earlier version.
    """
    models.get_model("chat", "Job")._base_manager.filter(kind__startswith=KINDS).delete()
    models.get_model("chat", "SearchState")._base_manager.all().delete()


async def step(state: State) -> State | None:
    """Index some messages. Returns the next state of the job; None: all are indexed."""
    messages, last = await database.read(_next, state)
    if last is None:
        await database.write(_finish, state)
        return None
    rows = await database.format_text(_rows, messages)
    await database.write(_store, messages, rows)
    return {**state, "after": last}


def _next(state: State) -> tuple[list[Message], int | None]:
    """The next messages, and the last primary key that was looked at; None: there is no more."""
    following = Message.objects.filter(pk__gt=state["after"]).order_by("pk")
    if "since" not in state:
        messages = list(following[:STEP_MESSAGES])
        return [it for it in messages if _is_found(it)], messages[-1].pk if messages else None
    pks = list(following.values_list("pk", flat=True)[:STEP_LOOKS])
    since = parse_datetime(state["since"])
    changed = Q(sent_at__gte=since) | Q(edited_at__gte=since)
    messages = list(Message.objects.filter(changed, pk__in=pks).order_by("pk")[:STEP_MESSAGES])
    is_full = len(messages) == STEP_MESSAGES
    last = messages[-1].pk if is_full else pks[-1] if pks else None
    return [it for it in messages if _is_found(it)], last


def _is_found(message: Message) -> bool:
    return message.kind != Kind.EVENT and not message.is_deleted


def _rows(messages: Sequence[Message]) -> Rows:
    """What messages are found by, as they are read."""
    mentioned: dict[int, set[int | None]] = {}
    for pk, member in Mention.objects.filter(message__in=messages).values_list("message", "member"):
        mentioned.setdefault(pk, set()).add(member)
    return {it.pk: _row(it, mentioned.get(it.pk, ())) for it in messages}


def _row(message: Message, mentioned: Collection[int | None]) -> search_index.Row:
    found = fields_of(message, mentioned)
    for text in (message.text, *search_index.words_of_files(message.files)):
        found |= tokens(text)
    return message.room_id, message.seq, found


@transaction.atomic
def _store(messages: Sequence[Message], rows: Rows) -> None:
    """Store the rows; of messages that have changed meanwhile, others."""
    if not messages:
        return
    statements.lock_rooms({it.room_id for it in messages})
    versions = {it.pk: it.version for it in messages}
    now = Message.objects.filter(pk__in=list(versions))
    current = dict(now.values_list("pk", "version"))
    changed = [it for it in now.filter(pk__in=_differing(versions, current)) if _is_found(it)]
    same = {pk: row for pk, row in rows.items() if current.get(pk) == versions[pk]}
    search_index.store([*{**same, **_rows(changed)}.values()])


def _differing(versions: dict[int, int], current: dict[int, int]) -> list[int]:
    return [pk for pk, version in versions.items() if current.get(pk) != version]


@transaction.atomic
def _finish(state: State) -> None:
    if "since" not in state:
        SearchState.objects.set_tokeniser(VERSION)
        Job.objects.add_later(KIND, OTHERS_END, after=0, since=state["began"])

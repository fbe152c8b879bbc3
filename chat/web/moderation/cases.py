"""What a page shows of cases: read for all of them together, with as many queries as for one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from chat import policy
from chat.models import (
    ActKind,
    CaseLine,
    CaseNote,
    Member,
    Membership,
    Message,
    ModerationAct,
    Report,
    ReportCase,
    Room,
    Verdict,
)
from chat.models.moderation_act import TOLD
from chat.models.report import ReportCaseQuerySet
from chat.policy import STRANGER, Action, Standing

HISTORY = [*TOLD, ActKind.REMOVE]
HISTORY_SHOWN = 5  # acts about the author
HISTORY_READ = 500  # for all cases of a page

_Place = tuple[int, int]  # the primary keys of a member and a room


@dataclass(frozen=True, slots=True)
class ShownReport:
    report: Report
    before: int  # reports of the same person from this room, decided by now
    dismissed: int  # of these


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as one moderator sees it. `room` is None where the moderator may not see which.

    `now` is what the message says now; None where that is not the moderator's to see.
    """

    case: ReportCase
    room: Room | None
    now: Message | None
    before: Sequence[CaseLine]
    after: Sequence[CaseLine]
    reports: Sequence[ShownReport]
    history: Sequence[ModerationAct]
    cases_before: int  # about the author in this room
    acts: Collection[str]  # what the moderator may do here

    @property
    def is_edited(self) -> bool:
        now = self.now
        return now is not None and not now.is_deleted and now.text_and_files != self.case.text


def with_rows(cases: ReportCaseQuerySet) -> ReportCaseQuerySet:
    """The cases with all that `show` needs of them."""
    return cases.select_related("room", "author__user", "author__claimed_by").prefetch_related(
        Prefetch("reports", Report.objects.select_related("reporter").order_by("pk")),
        Prefetch("lines", CaseLine.objects.select_related("author").order_by("seq")),
        Prefetch("notes", CaseNote.objects.select_related("by").order_by("pk")),
    )


def show(
    member: Member, kept: dict[int, Standing], cases: Collection[ReportCase]
) -> list[ShownCase]:
    """Cases `with_rows`, which are the member's to see. `kept` are the rooms with a role."""
    people = _People(member, kept, cases)
    return [people.show(it) for it in cases]


class _People:
    """The authors and reporters of some cases, and what is known of them in the rooms."""

    def __init__(
        self, member: Member, kept: dict[int, Standing], cases: Collection[ReportCase]
    ) -> None:
        self._member, self._kept = member, kept
        rooms = {it.room_id for it in cases}
        authors = {it.author_id: it.author for it in cases}
        self._own = Member.objects.find_own(authors.values())
        pks = {*authors, *(it.pk for it in self._own.values())}
        self._messages = _messages(cases)
        self._history = _history(rooms, pks)
        self._cases_before = _cases_before(rooms, pks)
        self._records = _records(
            rooms, {one.reporter_id for it in cases for one in it.reports.all()}
        )
        self._standings = _standings(rooms, pks)

    def show(self, case: ReportCase) -> ShownCase:
        standing = self._standing(case)
        sees_room = standing is not None
        visible_from = standing.visible_from if standing else 0
        lines = [it for it in case.lines.all() if it.seq >= visible_from]
        place = self._author(case).pk, case.room_id
        acts = self._history[place] or self._history[case.author_id, case.room_id]
        return ShownCase(
            case,
            case.room if sees_room else None,
            self._messages.get((case.room_id, case.seq)) if sees_room else None,
            [it for it in lines if it.seq < case.seq],
            [it for it in lines if it.seq > case.seq],
            [self._report(it, case) for it in case.reports.all()],
            acts[:HISTORY_SHOWN] if sees_room else [],
            self._cases_before[case.author_id, case.room_id] if sees_room else 0,
            self._acts(case, standing),
        )

    def _standing(self, case: ReportCase) -> Standing | None:
        """What the moderator is in the room; None for an operator to whom the room is closed."""
        standing = self._kept.get(case.room_id, STRANGER)
        may_see = policy.may(self._member, Action.SEE_REPORTS, case.room, standing)
        return standing if may_see else None

    def _author(self, case: ReportCase) -> Member:
        """To whom acts are: of a claimed guest, the account's own member."""
        return self._own.get(case.author_id, case.author)

    def _report(self, report: Report, case: ReportCase) -> ShownReport:
        record = self._records[report.reporter_id, case.room_id]
        return ShownReport(report, record.total(), record[Verdict.DISMISSED.value])

    def _acts(self, case: ReportCase, standing: Standing | None) -> set[str]:
        """What the moderator may do; the write door asks again."""
        author = self._author(case)
        if standing is None:
            return {"block"} if policy.may_ban(self._member, author) else set()
        allowed = {
            "delete": Action.DELETE_OF_OTHERS,
            "mute": Action.MUTE,
            "ban": Action.BAN,
        }
        found = {
            it
            for it, action in allowed.items()
            if policy.may(self._member, action, case.room, standing)
        }
        now = self._messages.get((case.room_id, case.seq))
        if now is None or now.is_deleted:
            found.discard("delete")
        others = self._standings.get((author.pk, case.room_id), STRANGER)
        if not policy.may_sanction(self._member, standing, author, others):
            found -= {"mute", "ban"}
        return found


def _messages(cases: Iterable[ReportCase]) -> dict[_Place, Message]:
    """By room and seq, as they are now."""
    places = {(it.room_id, it.seq) for it in cases}
    rooms, seqs = {it for it, _ in places}, {it for _, it in places}
    found = Message.objects.filter(room__in=rooms, seq__in=seqs)
    return {(it.room_id, it.seq): it for it in found}


def _history(rooms: set[int], people: set[int]) -> dict[_Place, list[ModerationAct]]:
    history: dict[_Place, list[ModerationAct]] = defaultdict(list)
    acts = ModerationAct.objects.filter(room__in=rooms, member__in=people, kind__in=HISTORY)
    for it in acts.select_related("by").order_by("-at", "-pk")[:HISTORY_READ]:
        history[it.member_id or 0, it.room_id or 0].append(it)
    return history


def _cases_before(rooms: set[int], people: set[int]) -> Counter[_Place]:
    """How many cases about these people were decided with an act."""
    decided = ReportCase.objects.filter(verdict=Verdict.ACTED, room__in=rooms, author__in=people)
    return Counter(decided.values_list("author", "room"))


def _records(rooms: set[int], reporters: set[int]) -> dict[_Place, Counter[str]]:
    """The verdicts of cases that these people reported."""
    records: dict[_Place, Counter[str]] = defaultdict(Counter)
    decided = Report.objects.filter(case__room__in=rooms, reporter__in=reporters)
    decided = decided.exclude(case__verdict="")
    for reporter, room, verdict in decided.values_list("reporter", "case__room", "case__verdict"):
        records[reporter, room][verdict] += 1
    return records


def _standings(rooms: set[int], people: set[int]) -> dict[_Place, Standing]:
    memberships = Membership.objects.filter(room__in=rooms, member__in=people)
    return {it.key: Standing.of(it) for it in memberships}

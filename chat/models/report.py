"""Reports: messages that people ask moderators to look at, and what became of that.

All reports of one message gather in a case, until a moderator has decided it.
"""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.formatting import NAME_MAX_CHARACTERS
from chat.models.member import FORMER_NAME, Member
from chat.models.message import Message
from chat.models.moderation_act import WHY_MAX_CHARACTERS
from chat.models.room import Room
from chat.protocol import TEXT_MAX_CHARACTERS

LINES_BEFORE, LINES_AFTER = 3, 2  # of the message, that are kept with a case
LINE_MAX_CHARACTERS = 500
NOTE_MAX_CHARACTERS = 1_000
REPORTS_MAX = 200  # of a case: more are not stored
NOTES_MAX = 100  # likewise


class Verdict(models.TextChoices):
    """What became of a case."""

    ACTED = "acted", gettext_lazy("A moderator acted.")
    DISMISSED = "dismissed", gettext_lazy("A moderator saw no reason to act.")


class ReportCaseQuerySet(models.QuerySet["ReportCase"]):
    def open(self) -> "ReportCaseQuerySet":
        return self.filter(decided_at=None)

    def add_report(
        self, message: Message, lines: Collection[Message], reporter: Member, why: str
    ) -> bool:
        """Store a report, in the open case of the message or a new one. Returns whether it is new.

        `lines` are messages around it. Call it in a transaction that has locked the room.
        """
        case = self.open().filter(room=message.room_id, seq=message.seq).first()
        if case is None:
            case = self._begin(message, lines)
        if case.reports.count() >= REPORTS_MAX:
            return False
        _, is_new = case.reports.get_or_create(reporter=reporter, defaults={"why": why})
        return is_new

    def _begin(self, message: Message, lines: Collection[Message]) -> "ReportCase":
        case = self.create(
            room_id=message.room_id,
            seq=message.seq,
            author=message.author,
            author_name=message.author.name,
            text=message.text_and_files,
            sent_at=message.sent_at,
        )
        CaseLine.objects.bulk_create(CaseLine.of(case, it) for it in lines)
        return case

    def about(self, members: Collection[int]) -> "ReportCaseQuerySet":
        return self.filter(author__in=members)

    def forget(self, members: Collection[int], *, with_messages: bool) -> None:
        """Remove what is of deleted accounts: names and reasons; and what the members wrote."""
        self.about(members).update(author_name=FORMER_NAME)
        Report.objects.filter(reporter__in=members).update(why="")
        if with_messages:
            self.about(members).update(text="")
            CaseLine.objects.filter(author__in=members).delete()


class ReportCase(models.Model):
    """A message that was reported, as it was when the first report came, and what became of that.

    Edits and deletions of the message change nothing here.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, verbose_name=gettext_lazy("room"))
    seq = models.PositiveBigIntegerField()  # of the message
    author = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        related_name="cases_about",
        verbose_name=gettext_lazy("author"),
    )
    author_name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    text = models.TextField(gettext_lazy("text"), max_length=TEXT_MAX_CHARACTERS, blank=True)
    sent_at = models.DateTimeField(gettext_lazy("sent"))
    opened_at = models.DateTimeField(gettext_lazy("reported"), default=timezone.now)
    decided_at = models.DateTimeField(gettext_lazy("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Member,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="decided_cases",
        verbose_name=gettext_lazy("decided by"),
    )
    verdict = models.CharField(gettext_lazy("verdict"), max_length=9, choices=Verdict, blank=True)
    answer = models.CharField(  # to those who reported
        gettext_lazy("answer"), max_length=WHY_MAX_CHARACTERS, blank=True
    )

    objects = ReportCaseQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("reported message")
        verbose_name_plural = gettext_lazy("reported messages")
        constraints = [
            # Reports of one message gather.
            models.UniqueConstraint(
                fields=["room", "seq"], condition=Q(decided_at=None), name="case_open_once"
            ),
            # A decision has a verdict, and an open case none.
            models.CheckConstraint(
                condition=Q(decided_at=None, verdict="")
                | (Q(decided_at__isnull=False) & ~Q(verdict="")),
                name="case_decided_has_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at", "opened_at"], name="case_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.seq}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    def decide(self, verdict: Verdict, by: Member, answer: str = "") -> bool:
        """Close the case. Returns whether it was open: another decision may have come first."""
        open_case = ReportCase.objects.open().filter(pk=self.pk)
        fields = {"verdict": verdict, "decided_by": by, "answer": answer}
        return bool(open_case.update(decided_at=timezone.now(), **fields))


class CaseLine(models.Model):
    """A message near a reported one, as it was when the first report came."""

    case = models.ForeignKey(ReportCase, on_delete=models.CASCADE, related_name="lines")
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=LINE_MAX_CHARACTERS)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = gettext_lazy("line near a reported message")
        verbose_name_plural = gettext_lazy("lines near reported messages")
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.case}: #{self.seq}"

    @classmethod
    def of(cls, case: ReportCase, message: Message) -> "CaseLine":
        """The unsaved line of a message."""
        text = message.text_and_files[:LINE_MAX_CHARACTERS]
        place = {"seq": message.seq, "sent_at": message.sent_at}
        return cls(case=case, author=message.author, text=text, **place)


class CaseNote(models.Model):
    """What one moderator tells the others about a case."""

    case = models.ForeignKey(ReportCase, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(gettext_lazy("note"), max_length=NOTE_MAX_CHARACTERS)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = gettext_lazy("note about a report")
        verbose_name_plural = gettext_lazy("notes about reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.by}"


class ReportQuerySet(models.QuerySet["Report"]):
    def move(self, source: Member, target: Member) -> None:
        """Make the reports of a member those of another one."""
        of_both = Exists(self.filter(reporter=target, case=OuterRef("case")))
        self.filter(of_both, reporter=source).delete()
        self.filter(reporter=source).update(reporter=target)


class Report(models.Model):
    """Somebody asked moderators to look at a message."""

    case = models.ForeignKey(  # indexed below
        ReportCase, on_delete=models.CASCADE, db_index=False, related_name="reports"
    )
    reporter = models.ForeignKey(
        Member,
        on_delete=models.CASCADE,
        related_name="reports",
        verbose_name=gettext_lazy("reported by"),
    )
    why = models.CharField(gettext_lazy("reason"), max_length=WHY_MAX_CHARACTERS, blank=True)
    at = models.DateTimeField(gettext_lazy("reported"), default=timezone.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("report")
        verbose_name_plural = gettext_lazy("reports")
        constraints = [
            models.UniqueConstraint(fields=["case", "reporter"], name="report_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.reporter}"

"""Jobs: what must happen after a commit. A row is added in the transaction that asks for the work.

Any process works a job off, under a lease, in steps. A step may run more than once: after a crash,
or when the process that had the lease was too slow.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy

LEASE = timedelta(minutes=1)  # no other process takes the job meanwhile
WAITS = [timedelta(seconds=it) for it in (10, 60, 600, 3_600, 6 * 3_600)]  # the last one, for ever
CANDIDATES = 10  # due jobs that are read at once: other processes want the first one, too
ERROR_MAX_CHARACTERS = 500

EXPIRE_MESSAGES = "expire messages"
MAINTAIN = "maintain database"
RECURRING = [EXPIRE_MESSAGES, MAINTAIN]  # kinds of which there is always one job


class JobQuerySet(models.QuerySet["Job"]):
    def add(self, kind: str, **state: Any) -> "Job":
        """Add a job to the transaction. `state` is what its first step gets, as JSON."""
        return self.create(kind=kind, state=state)

    def add_later(self, kind: str, wait: timedelta, **state: Any) -> "Job":
        """As `add`, to be worked off after a time."""
        return self.create(kind=kind, state=state, due_at=timezone.now() + wait)

    def add_quietly(self, kind: str, **state: Any) -> None:
        """As `add`, without a signal, so without a nudge: a process finds the job in its rounds."""
        self.bulk_create([Job(kind=kind, state=state)])

    def add_all_quietly(self, kind: str, states: Iterable[dict[str, Any]], wait: timedelta) -> None:
        """As `add_quietly` for many, to be worked off after a time."""
        due_at = timezone.now() + wait
        self.bulk_create([Job(kind=kind, state=it, due_at=due_at) for it in states])

    def waiting(self) -> dict[str, tuple[int, float]]:
        """How many jobs of each kind are due, and for how many seconds the first of them has been.

        A job that a process works off, or that failed and waits, is not due.
        """
        now = timezone.now()
        due = self.filter(due_at__lte=now).values_list("kind")
        rows = due.annotate(count=Count("pk"), first=Min("due_at"))
        return {kind: (count, (now - first).total_seconds()) for kind, count, first in rows}

    def failing(self) -> dict[str, int]:
        """How many jobs of each kind have failed at their last attempt."""
        failed = self.exclude(error="").values_list("kind")
        return dict(failed.annotate(count=Count("pk")))

    def ensure_recurring(self) -> None:
        """Add the jobs that never end, unless they are there. A start calls this."""
        self.bulk_create([Job(kind=it) for it in RECURRING], ignore_conflicts=True)

    def take(self, kinds: list[str]) -> "Job | None":
        """Lease the job of these kinds that has been due longest; None if none is due."""
        now = timezone.now()
        due = self.filter(kind__in=kinds, due_at__lte=now).order_by("due_at")[:CANDIDATES]
        return next((job for job in due if self._lease(job, now + LEASE)), None)

    def _lease(self, job: "Job", until: Any) -> bool:
        """Of processes that want the job at once, the database lets one."""
        if not self._held(job).update(due_at=until, attempts=F("attempts") + 1):
            return False
        job.due_at, job.attempts = until, job.attempts + 1
        return True

    def finish(self, job: "Job") -> None:
        """The work is done."""
        self._held(job).delete()

    def go_on(self, job: "Job", state: dict[str, Any], wait: timedelta = timedelta()) -> None:
        """A step is done: the next one follows, after other jobs that are due, or after a time."""
        self._held(job).update(state=state, due_at=timezone.now() + wait, attempts=0, error="")

    def put_off(self, job: "Job", error: str) -> None:
        """A step failed: try again later, each time after a longer wait."""
        due_at = timezone.now() + WAITS[min(job.attempts, len(WAITS)) - 1]
        self._held(job).update(due_at=due_at, error=error[:ERROR_MAX_CHARACTERS])

    def _held(self, job: "Job") -> "JobQuerySet":
        """The row, unless its lease is over and another process has it."""
        return self.filter(pk=job.pk, due_at=job.due_at)


class Job(models.Model):
    """Work to do: its kind, and the state from which the next step goes on."""

    kind = models.CharField(max_length=40)
    state = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)  # or the end of the lease
    attempts = models.PositiveIntegerField(default=0)  # of the next step
    error = models.CharField(  # of the last attempt
        max_length=ERROR_MAX_CHARACTERS, blank=True
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("job")
        verbose_name_plural = gettext_lazy("jobs")
        constraints = [
            # Processes that start together add it once.
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind__in=RECURRING), name="job_recurring_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""Jobs: one process at a time has a job, and a failed one waits longer each time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chat.models import Job
from chat.models.job import ERROR_MAX_CHARACTERS, LEASE, WAITS

pytestmark = pytest.mark.django_db


def take(*kinds: str) -> Job | None:
    return Job.objects.take(list(kinds) or ["work"])


def make_due() -> None:
    """As if the time had passed until all jobs are due."""
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_leased_job_is_not_taken_by_another_process() -> None:
    Job.objects.add("work", room=7)
    job = take()
    assert job
    assert (job.state, job.attempts) == ({"room": 7}, 1)
    assert take() is None


def test_of_two_processes_that_see_a_job_at_once_one_gets_it() -> None:
    seen = Job.objects.add("work")
    until = timezone.now() + LEASE
    other = Job.objects.get()
    assert Job.objects.all()._lease(seen, until)
    assert not Job.objects.all()._lease(other, until + timedelta(seconds=1))


def test_a_job_whose_lease_is_over_is_taken_again() -> None:
    Job.objects.add("work")
    assert take()
    make_due()
    again = take()
    assert again
    assert again.attempts == 2


@pytest.mark.parametrize("end", ["finish", "go_on", "put_off"])
def test_who_lost_the_lease_changes_nothing(end: str) -> None:
    Job.objects.add("work")
    slow = take()
    make_due()
    quick = take()
    assert slow
    assert quick
    arguments: dict[str, list[Any]] = {"finish": [], "go_on": [{"room": 1}], "put_off": ["slow"]}
    getattr(Job.objects, end)(slow, *arguments[end])
    job = Job.objects.get()
    assert (job.state, job.error, job.due_at) == ({}, "", quick.due_at)


def test_a_finished_job_is_gone() -> None:
    Job.objects.add("work")
    job = take()
    assert job
    Job.objects.finish(job)
    assert not Job.objects.exists()


def test_the_next_step_comes_after_other_jobs_that_are_due() -> None:
    first, second = Job.objects.add("work"), Job.objects.add("work")
    job = take()
    assert job == first
    Job.objects.go_on(first if job is None else job, {"done": 20})
    assert take() == second
    job = take()
    assert job
    assert (job.state, job.attempts) == ({"done": 20}, 1)


def test_a_failed_job_waits_longer_each_time_and_says_why() -> None:
    Job.objects.add("work")
    waits = []
    for _ in range(len(WAITS) + 1):
        make_due()
        job = take()
        assert job
        before = timezone.now()
        Job.objects.put_off(job, "no answer" + "!" * 1_000)
        stored = Job.objects.get()
        waits.append(timedelta(seconds=round((stored.due_at - before).total_seconds())))
        assert len(stored.error) == ERROR_MAX_CHARACTERS
    assert waits == [*WAITS, WAITS[-1]]


def test_jobs_of_a_kind_that_this_process_does_not_know_are_left_to_others() -> None:
    Job.objects.add("from a later version")
    assert take("work") is None
    assert take("work", "from a later version")


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_change_that_is_rolled_back_is_none() -> None:
    with transaction.atomic():
        Job.objects.add("work")
        transaction.set_rollback(True)
    assert not Job.objects.exists()

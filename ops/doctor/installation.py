"""Settings, as the system checks see them, and what one machine has: disk, open files, clock."""

import resource
import shutil
import time
from datetime import UTC, datetime
from uuid import uuid4

import redis
from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.files.base import ContentFile
from django.db import Error, connection
from redis.exceptions import RedisError

from chat.files.storage import files_storage
from chat.models.stored_bytes import key_of
from ops.doctor.findings import Finding, Findings, redis_url
from ops.errors import in_a_line

DISK_MIN_BYTES = 1024 * 1024 * 1024
DESCRIPTORS_MIN = 4_096
CLOCK_MAX_SECONDS = 2.0  # sessions, codes and leases of jobs are in seconds
NO_FAULTS = {
    "chat.W001",  # one process
    "chat.W002",  # one machine
    "files.E001",  # a start makes the folders
    "staticfiles.W004",
    "security.W004",  # the proxy redirects to https, and Lobby sets HSTS once all is https
    "security.W008",
    "security.W016",  # as security.W012
    "security.W018",  # said below
    "security.W021",
}
INSECURE = "no public address is set, or one is http: cookies are not Secure"
TEXTS = {"security.W012": INSECURE}  # in place of Django's, which are about its own settings
ADVICE = {
    "security.W012": "CSRF_TRUSTED_ORIGINS=https://chat.example.com: cookies are Secure then.",
}


def settings_in_order() -> Findings:
    """What `manage.py check --deploy` warns of."""
    found = [
        it
        for it in run_checks(include_deployment_checks=True, databases=["default"])
        if it.level >= WARNING and it.id not in NO_FAULTS
    ]
    for it in found:
        advice = ADVICE.get(it.id or "") or it.hint or "See `manage.py check --deploy`."
        yield Finding("settings", f"{TEXTS.get(it.id or '', it.msg)} ({it.id})", advice)
    if settings.DEBUG:
        yield Finding(
            "settings", "DEBUG is on: errors show the code and the settings.", "Unset DEBUG."
        )
    if not found and not settings.DEBUG:
        yield Finding("settings", "nothing to warn of")


def disk() -> Findings:
    """Whether the disk of DATA_DIR has room."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    mebibytes = f"{free // 1024**2:,} MiB free where DATA_DIR is ({settings.DATA_DIR})"
    if free < DISK_MIN_BYTES:
        advice = (
            "Make room: SQLite cannot write to a full disk. Or set RETENTION_DAYS, FILES_MAX_BYTES."
        )
        yield Finding("disk", mebibytes, advice)
    else:
        yield Finding("disk", mebibytes)


def descriptors() -> Findings:
    """How many files a process may open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS_MIN:
        advice = (
            "`LimitNOFILE=65536` in the systemd unit, `ulimits: nofile: 65536` in compose.yaml."
        )
        yield Finding("open files", f"a process may open {hard}: as many people fit", advice)
    else:
        shown = "any number" if hard == resource.RLIM_INFINITY else f"{hard:,}"
        yield Finding("open files", f"a process may open {shown}")


def clock() -> Findings:
    """The clock beside those of the database and Redis, where these are of another machine."""
    clocks = [("the database", _database_time), ("Redis", _redis_time)]
    for whose, read in clocks:
        try:
            before = time.time()
            told = read()
        except (Error, RedisError, OSError):
            continue  # said elsewhere
        if told is not None:
            yield clock_finding(whose, told - (before + time.time()) / 2)


def clock_finding(whose: str, ahead: float) -> Finding:
    """`ahead`: by how many seconds another clock is."""
    if abs(ahead) > CLOCK_MAX_SECONDS:
        text = f"{whose} is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"
        return Finding(
            "clock", text, "Run an NTP client on both machines: `timedatectl set-ntp true`."
        )
    return Finding("clock", f"that of {whose} is the same")


def _database_time() -> float | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])


def _redis_time() -> float | None:
    if not (url := redis_url()):
        return None
    with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
        seconds, microseconds = client.time()
        return float(seconds + microseconds / 1e6)


def files() -> Findings:
    """Whether the storage of files takes, gives and forgets bytes."""
    where = "the bucket" if "bucket_name" in settings.STORAGES["files"]["OPTIONS"] else "the folder"
    key, content = key_of(uuid4()), f"doctor {datetime.now(UTC)}".encode()
    storage = files_storage()
    try:
        storage.save(key, ContentFile(content))
        is_same = b"".join(storage.read(key, 0, len(content))) == content
        storage.delete(key)
    except OSError as error:
        advice = (
            "FILES_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: put, get and delete are allowed."
            if where == "the bucket"
            else "FILES_URL, or DATA_DIR: a folder that Lobby's user owns, with mode 700."
        )
        yield Finding("files", f"{where} does not work: {in_a_line(error)}", advice)
        return
    if is_same and not storage.exists(key):
        yield Finding("files", f"{where} writes, reads and removes")
    else:
        advice = "FILES_URL: a storage that gives back what it was given, at once."
        yield Finding("files", f"{where} does not give back what was written", advice)

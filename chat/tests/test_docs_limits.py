"""The limits and waits that documents tell are those of the code."""

from datetime import timedelta

import pytest

from accounts import adapters, invites, passkeys, sign_in_links
from accounts.apps import SESSIONS_MAX
from api import changes, commands
from chat.journal.write.pushes import LOOKING_SECONDS
from chat.models import device_link, job, program_cursor, push, webhook
from chat.programs import cursors
from chat.push import client, recipients, runner
from chat.tests.test_docs_numbers import document
from chat.webhooks import client as receivers
from chat.webhooks import making, sending
from mysite.assets import earlier_files
from ops.doctor import installation, proxy, seen
from ops.doctor import sockets as doctors_sockets
from ops.management.commands import migrate

KIB, GIB = 2**10, 2**30
UNITS = {"h": 3_600, "min": 60, "s": 1}


def told(wait: timedelta) -> str:
    """As documents write it: 10 s, 2 min, 6 h."""
    seconds = round(wait.total_seconds())
    unit, size = next((name, size) for name, size in UNITS.items() if seconds % size == 0)
    return f"{seconds // size} {unit}"


def listed(waits: list[timedelta]) -> str:
    return ", ".join(told(it) for it in waits)


TOLD = {
    "api.md": [
        f"At most {commands.COMMANDS_MAX}, with names of",
        f"up to {changes.WAIT_MAX_SECONDS} seconds",
        f"a stream ends after {changes.STREAM_SECONDS // 60} minutes",
        f"at most {program_cursor.CURSORS_MAX} cursors",
        f"the {cursors.ROOMS_MAX} rooms visited last",
    ],
    "webhooks.md": [
        f"within {receivers.WHOLE_SECONDS} s",
        f"{receivers.ANSWER_MAX_BYTES // KIB} KiB are read",
        f"refuse for longer than {sending.REPLY_SECONDS:g} s",
        f"after {listed(webhook.WAITS[:-1])}, then every {told(webhook.WAITS[-1])}",
        {timedelta(days=3): "Three days after the first failure"}[webhook.TRIED_FOR],
        {timedelta(days=1): "signs as well for a day"}[webhook.FORMER_SIGNS],
        f"a process has {receivers.CONNECTIONS_MAX}",
        f"A room has up to {making.WEBHOOKS_MAX}, a person {making.OWNED_MAX}",
    ],
    "push.md": [
        f"goes out {LOOKING_SECONDS:g} s after the message",
        f"silence for {client.WHOLE_SECONDS} s",
        f"after {listed(push.WAITS[:-1])} and {told(push.WAITS[-1])}",
        f"as the service asks for, up to {told(push.WAIT_MAX)}",
        f"A person has up to {push.DEVICES_MAX}",
        {timedelta(days=14): "failed for two weeks is removed"}[push.SILENT_MAX],
        f"older than {recipients.OLD // timedelta(hours=1)} hours, nothing is pushed",
        f"{recipients.PAGE} in a step",
        f"worked off {runner.AT_ONCE} at once",
        f"not asked again for {client.SLOW_SECONDS} s",
        f"not read beyond {client.BOUNDS.answer_bytes // KIB} KiB",
    ],
    "people.md": [
        f"valid for {invites.INVITE_SECONDS // 86_400} days",
        f"signs in once, within {sign_in_links.LINK_SECONDS // 60} minutes",
        f"It works once, for {device_link.LINK_MINUTES} minutes",
        f"at most {passkeys.PASSKEYS_MAX} passkeys",
        f"{adapters.CONNECTED_MAX} connected accounts",
        f"has at most {SESSIONS_MAX}: a new one ends the oldest",
        f"again after {job.WAITS[0].seconds} seconds",
        f"up to every {job.WAITS[-1] // timedelta(hours=1)} hours",
    ],
    "doctor.md": [
        f"{installation.DISK_MIN_BYTES // GIB} GiB is free",
        f"may open {installation.DESCRIPTORS_MIN:,}",
        f"are within {installation.CLOCK_MAX_SECONDS:g} seconds",
        f"for {proxy.CERTIFICATE_DAYS} days more",
        f"stays open for {doctors_sockets.IDLE_SECONDS} seconds",
        {300: "within five minutes"}[seen.SECONDS],
    ],
    "upgrades.md": [
        {"500ms": "gives up after half a second"}[migrate.LOCK_WAIT],
        {120: "tries again, for two minutes"}[round(migrate.ATTEMPTS * migrate.PAUSE_SECONDS)],
        f"`DATA_DIR/static` for {earlier_files.KEPT_DAYS} days",
    ],
}


@pytest.mark.parametrize(
    ("name", "limit"), [(name, it) for name, limits in TOLD.items() for it in limits]
)
def test_the_document_has_the_limit_of_the_code(name: str, limit: str) -> None:
    assert limit in document(name)

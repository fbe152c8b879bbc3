"""`manage.py doctor`: looks at an installation from inside, with --url also through the proxy."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management import BaseCommand, CommandError

from ops.doctor import installation, proxy, services, sockets
from ops.doctor.findings import Finding, Findings
from ops.doctor.proxy import Site
from ops.errors import in_a_line

Check = Callable[[], Findings]


class Command(BaseCommand):
    help = (
        "Looks at this installation: each line is in order, or says what is wrong, and what to do."
    )
    requires_system_checks: Any = ()  # it runs them itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", help="the public address, to look through the proxy as well")
        parser.add_argument(
            "--ca", metavar="FILE", help="certificates to trust beside the system's"
        )
        parser.add_argument("--mail-to", default="", metavar="ADDRESS", help="send a mail there")
        parser.add_argument(
            "--slow",
            action="store_true",
            help="with --url: also whether a silent connection stays open, for 75 seconds",
        )
        parser.add_argument(
            "--room", default="lobby-doctor", help="the open room that --slow comes into"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_wrong = False
        for check in checks(**options):
            for finding in found_by(check):
                self.stdout.write(str(finding))
                self.stdout.flush()
                is_wrong |= finding.is_wrong
        if is_wrong:
            sys.exit(1)


def checks(
    url: str | None, ca: str | None, mail_to: str, slow: bool, room: str, **options: Any
) -> Iterable[Check]:
    """The checks that are asked for, in order."""
    yield from (installation.settings_in_order, services.database, services.redis_server)
    yield from (installation.files, installation.disk, installation.descriptors)
    yield installation.clock
    yield lambda: services.mail_server(mail_to)
    if url is None:
        return
    try:
        site = Site.parse(url, ca)
    except (ValueError, OSError) as error:
        raise CommandError(f"--url {url} cannot be asked: {error}") from None
    yield lambda: proxy.proxy(site)
    yield lambda: sockets.sockets(site)
    if slow:
        yield lambda: sockets.idle_socket(site, room)


def found_by(check: Check) -> Findings:
    """What a check finds. One that breaks says so, and the others go on."""
    try:
        yield from check()
    except Exception as error:
        yield Finding("doctor", in_a_line(error), "Its check broke off; see what stands above.")

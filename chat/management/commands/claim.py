"""`manage.py claim`: give accounts what people who came over have written."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management import BaseCommand, CommandError
from django.db.models import Q

from accounts.models import User
from chat.models import ImportedPerson, Member
from chat.transfer import claims

COLUMNS = 2


class Command(BaseCommand):
    help = "Gives accounts what people who came over by an import have written (docs/moving.md)."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", nargs="?", help="id, username, address or name there")
        parser.add_argument("username", nargs="?", help="of the account here")
        parser.add_argument(
            "--by-email", action="store_true", help="all whose address an account has confirmed"
        )
        parser.add_argument("--people", type=Path, help="a CSV file: person, username")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["by_email"]:
            self._claim_all(claims.by_email())
        elif options["people"]:
            self._claim_all(_of_file(options["people"]))
        elif options["username"]:
            self._claim_all([_pair(options["person"], options["username"])])
        elif options["person"]:
            raise CommandError("Say which account it is: manage.py claim PERSON USERNAME")
        else:
            self._list()

    def _claim_all(self, pairs: Any) -> None:
        found = list(pairs)
        if not found:
            self.stdout.write("Nobody was claimed.")
        for person, user in found:
            try:
                is_claimed = claims.claim(person, user)
            except PermissionDenied:
                raise CommandError(f"The account {user.username} is closed.") from None
            said = "is now" if is_claimed else "could not be given to"
            self.stdout.write(f"{person.name} {said} {user.username}.")

    def _list(self) -> None:
        people = ImportedPerson.objects.select_related("member").order_by("member__name", "pk")
        if not people:
            self.stdout.write("Nobody who came over waits for an account.")
        for it in people:
            about = " ".join(filter(None, [it.username, it.email]))
            self.stdout.write(f"{it.member.uid}  {it.member.name}  {about}".rstrip())


def _of_file(path: Path) -> Iterator[tuple[Member, User]]:
    """All lines, or none: raises CommandError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path}: {error}") from None
    for number, row in rows:
        if len(row) != COLUMNS:
            raise CommandError(f"{path}, line {number}: expected a person and a username")
        try:
            yield _pair(row[0].strip(), row[1].strip())
        except CommandError as error:
            raise CommandError(f"{path}, line {number}: {error}") from None


def _pair(person: str, username: str) -> tuple[Member, User]:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no account {username}.")
    wanted = Q(username=person) | Q(email=person.lower()) | Q(member__name=person)
    if claims.is_id(person):
        wanted = Q(member__uid=person)
    found = ImportedPerson.objects.filter(wanted).select_related("member")[:2]
    if len(found) != 1:
        reason = "Several people who came over are" if found else "Nobody who came over is"
        raise CommandError(f"{reason} {person}: manage.py claim lists them with their ids.")
    return found[0].member, user

"""`manage.py signinlink NAME`: lets somebody in who has lost everything else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from accounts import addresses, sign_in_links
from accounts.models import User


class Command(BaseCommand):
    help = "Prints a link that signs a user in: once, within 15 minutes, without a second factor."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the username")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {name!r}.") from None
        if not user.is_active:
            raise CommandError(f"The account of {name!r} is deactivated.")
        self.stdout.write(addresses.absolute(sign_in_links.new_path(user)))

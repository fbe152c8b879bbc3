"""`manage.py invitelink`: for SIGNUP=invite."""

from typing import Any

from django.core.management import BaseCommand

from accounts import addresses, invites


class Command(BaseCommand):
    help = "Prints a link to sign up with, for 7 days, where SIGNUP=invite asks for one."
    requires_system_checks = []  # stderr is for errors: cron mails what is printed there

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(addresses.absolute(invites.new_path()))

"""`manage.py runserver`: daphne's, which leaves the schema to the start of the application."""

from daphne.management.commands.runserver import Command as DaphneCommand


class Command(DaphneCommand):
    def check_migrations(self) -> None:
        """Nothing: `mysite.startup` brings the schema up to date, or stops the start."""

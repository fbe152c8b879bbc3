"""What all commands of manage.py have in common."""

import pytest
from django.core.management import get_commands, load_command_class

OURS = ("accounts", "chat", "ops", "mysite.servers")
OF_DJANGO = {"migrate", "runserver"}  # extended
COMMANDS = {name: app for name, app in get_commands().items() if app in OURS}


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - OF_DJANGO))
def test_a_command_that_cron_runs_is_silent_about_the_settings(name: str) -> None:
    assert not load_command_class(COMMANDS[name], name).requires_system_checks

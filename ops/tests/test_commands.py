"""What all commands of manage.py have in common."""

from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from ops.tests.installations import Installation

OURS = ("accounts", "chat", "ops", "mysite.servers")
OF_DJANGO = {"migrate", "runserver"}  # extended
COMMANDS = {name: app for name, app in get_commands().items() if app in OURS}


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - OF_DJANGO))
def test_a_command_that_cron_runs_is_silent_about_the_settings(name: str) -> None:
    assert not load_command_class(COMMANDS[name], name).requires_system_checks


@pytest.mark.server
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "no such table"),
        ({"DATABASE_URL": "postgresql://lobby:kettle@127.0.0.1:1/lobby"}, "refused"),
    ],
)
def test_a_database_that_does_not_work_is_no_traceback(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    done = Installation(tmp_path).run("claim", **settings)
    said, advice = done.stderr.splitlines()[-2:]
    assert done.returncode == 1
    assert said.startswith("The database does not work: ")
    assert reason in done.stderr
    assert "doctor" in advice
    assert "Traceback" not in done.stderr
    assert "kettle" not in done.stderr

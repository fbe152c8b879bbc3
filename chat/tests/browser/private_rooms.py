"""Accounts on a server of the tests, and their rooms that are not open."""

import json
import subprocess
import sys
from typing import Any

from playwright.sync_api import Page

from chat.tests.support.servers import ROOT, Server, environment

PASSWORD = "correct horse battery"
IMPORTS = """
import json
from chat import runtime
from accounts.models import User
from chat.journal.roster_changes import *
from chat.models import *
from chat.tests.support.private_rooms import *
"""


def run(server: Server, code: str) -> Any:
    """Run code beside the server, as another process of the installation. Returns its `result`."""
    script = f"{IMPORTS}\nresult = None\n{code}\nprint(json.dumps(result))"
    ran = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", script],
        cwd=ROOT,
        env=environment(server.data_dir, **server.settings),
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(ran.stdout.splitlines()[-1])


def new_people(server: Server, *names: str) -> None:
    """Accounts with these names, and the usernames in lower case."""
    create = f"User.objects.create_user(name.lower(), password={PASSWORD!r})"
    run(
        server,
        f"""
for name in {names!r}:
    Member.objects.of_user({create}).rename(name)
""",
    )


def new_members_room(server: Server, name: str, owner: str, *people: str) -> str:
    """Returns the address."""
    return str(
        run(
            server,
            f"""
by_name = {{it.name: it for it in Member.objects.filter(user__isnull=False)}}
people = [by_name[it] for it in {people!r}]
result = new_members_room(by_name[{owner!r}], people, name={name!r}).address
""",
        )
    )


def new_direct_room(server: Server, *people: str) -> str:
    """Returns the address."""
    found = "[Member.objects.get(name=it, user__isnull=False) for it in {people!r}]"
    return str(run(server, f"result = new_direct_room(*{found.format(people=people)}).address"))


def change(server: Server, address: str, by: str, made: str) -> None:
    """Make a change of a room, and tell the server, which needs a Redis for that.

    `made` is an expression with `room`, `by` and `person(name)`.
    """
    run(
        server,
        f"""
person = lambda name: Member.objects.get(name=name, user__isnull=False).pk
room, by = Room.objects.get(key={address!r}).pk, person({by!r})
runtime.append_from_sync({made})
""",
    )


def remove(server: Server, address: str, name: str, by: str) -> None:
    change(server, address, by, f"RemovePerson(room, by, person({name!r}))")


def sign_in(page: Page, server: Server, username: str) -> Page:
    page.goto(f"{server.url}/accounts/login/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.landing-form button.button").click()
    page.wait_for_url(f"{server.url}/")
    return page

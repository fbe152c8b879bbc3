"""`manage.py moderate mute lobby @ben 1h --as olga`: what moderators do, from scripts."""

import re
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.management import BaseCommand, CommandError
from django.db.models import Q

from accounts.caseless import caseless_key
from accounts.models import User
from chat import access
from chat.access import Found
from chat.formatting import name_key
from chat.models import (
    Member,
    Membership,
    Message,
    ModerationAct,
    Room,
    RoomNameError,
    Sanction,
    Subscription,
    parse_address,
)
from chat.web.moderation import acts, everywhere
from chat.web.moderation.forms import SECONDS_MAX, SLOW_SECONDS_MAX
from chat.web.moderation.log import export
from chat.web.moderation.log.filters import LogForm
from chat.web.refusals import in_words

FOREVER = "forever"
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
DURATION = re.compile(r"(\d{1,9})([smhd])")
PERSON_HELP = "a username, an id, or a name that one person in the room has"
TIME_HELP = "10m, 1h, 7d or forever"


class Command(BaseCommand):
    help = "Does what moderators do. The rights are those of the operator who is named."
    requires_system_checks = []  # stderr is for errors: scripts mail what is printed there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="operator", metavar="USERNAME", required=True)
        commands = parser.add_subparsers(dest="act", required=True)

        def add(name: str, help: str, *arguments: str, why: bool = True) -> ArgumentParser:
            command: ArgumentParser = commands.add_parser(name, help=help)
            for it in arguments:
                command.add_argument(it, **ARGUMENTS.get(it, {}))
            if why:
                command.add_argument("--why", default="", help="the reason, for the log")
            return command

        add("delete", "delete a message by its number in the room", "room", "seq")
        add("delete-latest", "delete what a person posted in the last hour", "room", "person")
        add("mute", "let a person only read", "room", "person", "duration")
        add("unmute", "lift a mute", "room", "person")
        for name, help in (("ban", "ban a person"), ("unban", "lift a ban")):
            command = add(name, f"{help}: from a room, or from all", "person")
            if name == "ban":
                command.add_argument("duration", help=TIME_HELP)
            command.add_argument("--room", default="", help="without it: from all rooms")
        add("remove", "take a person out of a members room", "room", "person")
        add("lock", "let moderators alone post", "room")
        add("unlock", "let everybody post again", "room")
        add("slow", "let a person post once in a time; 0 ends it", "room", "duration", why=False)
        log = add("log", "print the log as JSON Lines", why=False)
        for it in ("room", "person", "by", "kind", "since", "until"):
            log.add_argument(f"--{it}", default="")

    def handle(self, *args: Any, act: str, operator: str, **options: Any) -> None:
        member = _operator(operator)
        try:
            DOING[act](self, member, act, options)
        except PermissionDenied:
            raise CommandError(f"{operator} may not do this to this person.") from None

    def act_in_room(self, member: Member, act: str, options: Mapping[str, Any]) -> None:
        """Do what POST /chat/<room>/moderate does."""
        found = _find(member, options["room"])
        fields = {"why": options.get("why", ""), "seq": options.get("seq")}
        if "person" in options:
            fields["person"] = _person(options["person"], found).uid
        if "duration" in options:
            is_slow = act == "slow"
            fields["seconds"] = _seconds(options["duration"], is_slow=is_slow)
        form_class, changing = acts.ACTS[act.replace("-", "_")]
        form = form_class(fields)
        _ensure_valid(form)
        done, refusal = acts.do(changing(found, member, form))
        if refusal and not done:
            raise CommandError(in_words(refusal.detail))
        self._tell(done, options)

    def ban(self, member: Member, act: str, options: Mapping[str, Any]) -> None:
        if options["room"]:
            self.act_in_room(member, act, options)
            return
        person = _person(options["person"])
        operator = everywhere.account_of(member)
        if act == "ban":
            seconds = _seconds(options["duration"])
            everywhere.block_person(person.uid, operator, seconds, options["why"])
            self._tell(1, options)
        else:
            lifted = everywhere.lift_bans(person, operator, options["why"])
            if not lifted:
                raise CommandError("This person is not banned from all rooms.")
            self._tell(lifted, options)

    def log(self, member: Member, act: str, options: Mapping[str, Any]) -> None:
        fields = {it: options[it] for it in ("room", "person", "by", "since", "until")}
        form = LogForm({**fields, "act": options["kind"]}, member, of_all=True)
        _ensure_valid(form)
        for lines in export.pages(member, form.find(ModerationAct.objects.all())):
            self.stdout.write(lines.decode(), ending="")

    def _tell(self, done: int, options: Mapping[str, Any]) -> None:
        if options.get("verbosity", 1) > 0:
            self.stdout.write(f"Done: {done}")


ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "room": {"help": "the name of an open room, or the ~id of another one"},
    "person": {"help": PERSON_HELP},
    "duration": {"help": TIME_HELP},
    "seq": {"type": int, "help": "the number after # in the address of the message"},
}
DOING: Mapping[str, Callable[[Command, Member, str, Mapping[str, Any]], None]] = {
    **{it.replace("_", "-"): Command.act_in_room for it in acts.ACTS},
    "ban": Command.ban,
    "unban": Command.ban,
    "log": Command.log,
}


# --- who, where, how long -----------------------------------------------------------------------


def _operator(username: str) -> Member:
    user = User.objects.filter(username_key=caseless_key(username.removeprefix("@"))).first()
    if user is None or not (user.is_active and user.is_operator):
        raise CommandError(f"{username} is no active operator.")
    return Member.objects.of_user(user)


def _find(member: Member, room: str) -> Found:
    try:
        found = access.find(member, parse_address(room))
    except RoomNameError as error:
        raise CommandError(str(error)) from None
    if found is None:
        raise CommandError(f"There is no room {room}, or it has keepers of its own.")
    return found


def _person(typed: str, found: Found | None = None) -> Member:
    """Who is named: by username or id, or by a name that one person has who was in the room."""
    people = Member.objects.select_related("user", "claimed_by").filter(is_former=False)
    exact = people.filter(_exactly(typed)).first()
    if exact:
        return exact
    named = people.filter(name_key=name_key(typed), claimed_by=None)
    if found:
        named = named.filter(_was_in(found.room))
    matching = list(named[:2])
    if not matching:
        raise CommandError(f"Nobody is called {typed}.")
    if len(matching) > 1:
        raise CommandError(f"Several people are called {typed}: use a username or an id.")
    return matching[0]


def _exactly(typed: str) -> Q:
    try:
        return Q(uid=UUID(typed))
    except ValueError:
        return Q(user__username_key=caseless_key(typed.removeprefix("@")))


def _was_in(room: Room) -> Q:
    authors = Q(pk__in=Message.objects.filter(room=room).values("author"))
    others = (Subscription, Membership, Sanction)
    found = (Q(pk__in=it.objects.filter(room=room).values("member")) for it in others)
    return reduce(or_, found, authors)


def _seconds(typed: str, *, is_slow: bool = False) -> int:
    """Seconds; 0 is for good, or the end of slow mode."""
    if typed == (FOREVER if not is_slow else "0"):
        return 0
    match = DURATION.fullmatch(typed)
    seconds = int(match[1]) * UNIT_SECONDS[match[2]] if match else 0
    if not 0 < seconds <= (SLOW_SECONDS_MAX if is_slow else SECONDS_MAX):
        longest = "6h, or 0" if is_slow else "366d, or forever"
        raise CommandError(f"{typed} is no time: write 10m, 1h or 7d, up to {longest}.")
    return seconds


def _ensure_valid(form: forms.Form) -> None:
    if not form.is_valid():
        errors = [f"{field}: {' '.join(map(str, it))}" for field, it in form.errors.items()]
        raise CommandError(" ".join(errors))

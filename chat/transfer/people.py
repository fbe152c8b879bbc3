"""People who come over: members whom nobody is yet, until an account takes over what they wrote."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from chat.models import ImportedPerson, Member
from chat.models.member_name import clean_name
from chat.transfer.faults import TransferError
from chat.transfer.records import Account, Person
from chat.transfer.report import NAMED_MAX, PEOPLE, Report
from chat.transfer.staging import Staging

STEP_PEOPLE = 200
NAMELESS = "Somebody"

Members = dict[UUID, Member]  # by their uids


def ensure(staging: Staging, report: Report) -> Members:
    """The members of all people, stored where they are new."""
    members: Members = {}
    found = staging.people()
    everybody = list(found)
    for start in range(0, len(everybody), STEP_PEOPLE):
        _ensure(everybody[start : start + STEP_PEOPLE], members, report)
    _note_belongings(everybody, members)
    return members


def refuse_accounts(staging: Staging) -> None:
    """Raises TransferError where an export says what somebody wrote who has an account here.

    Ids are public, and whoever makes an export chooses what is in it.
    """
    ids = [it.id for it in staging.people()]
    steps = (ids[it : it + STEP_PEOPLE] for it in range(0, len(ids), STEP_PEOPLE))
    here = (Member.objects.filter(uid__in=step).exclude(user=None) for step in steps)
    names = sorted(member.name for step in here for member in step)
    if names:
        more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
        raise TransferError(
            f"{', '.join(names[:NAMED_MAX])}{more} have accounts here, and would seem to have"
            " written what the export says. If it was made here, import it with --made-here"
        )


@transaction.atomic
def _ensure(people: Sequence[Person], members: Members, report: Report) -> None:
    known = {it.uid: it for it in Member.objects.filter(uid__in=[it.id for it in people])}
    new = [it for it in people if it.id not in known]
    made = {it.id: _new_member(it) for it in new}
    Member.objects.bulk_create(made.values())
    joined = [(made[it.id], it.joined_at) for it in new if it.joined_at is not None]
    for member, joined_at in joined:
        member.created_at = joined_at
    Member.objects.bulk_update([it for it, _ in joined], ["created_at"])
    imported = [_imported(made[it.id], it) for it in new if it.account or it.belongs_to]
    ImportedPerson.objects.bulk_create(imported)
    members.update(known | made)
    report.new[PEOPLE] += len(new)


def _new_member(person: Person) -> Member:
    member = Member(uid=person.id, name=name_of(person.name), is_former=person.former)
    member.status, member.time_zone = person.status, person.time_zone
    if not person.former:
        member.set_keys()
    return member


def _imported(member: Member, person: Person) -> ImportedPerson:
    account = person.account or Account("")
    return ImportedPerson(member=member, username=account.username, email=account.email)


@transaction.atomic
def _note_belongings(people: Sequence[Person], members: Members) -> None:
    """Note of guests who were claimed to whom they belong, as long as nobody is either.

    Who was here before, and has no such row, belongs to nobody by what an export says.
    """
    for it in people:
        if it.belongs_to in members:
            came_over = ImportedPerson.objects.filter(member=members[it.id], belongs_to=None)
            came_over.update(belongs_to=members[it.belongs_to])


def name_of(typed: str) -> str:
    """A name that a member can have."""
    try:
        return clean_name(typed)
    except ValidationError:
        return NAMELESS

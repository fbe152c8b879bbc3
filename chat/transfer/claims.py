"""Who is who: accounts take over what people who came over have written.

An import makes no account. An address alone makes nobody somebody: an account must have confirmed
it, and the operator asks for the match.
"""

from collections.abc import Iterator
from uuid import UUID

from allauth.account.models import EmailAddress

from accounts.models import User
from chat.models import ImportedPerson, Member
from chat.personal_data import claiming


def claim(person: Member, user: User) -> bool:
    """Give an account what a person has written, and the guests that were theirs.

    Returns False if an account has it by now. Raises PermissionDenied if the account is closed.
    """
    own = Member.objects.of_user(user)
    belonging = [it.member for it in ImportedPerson.objects.filter(belongs_to=person)]
    is_claimed = claiming.claim(own, person)
    for guest in belonging if is_claimed else ():
        claiming.claim(own, guest)
    return is_claimed


def by_email() -> Iterator[tuple[Member, User]]:
    """People whose address exactly one active account has confirmed."""
    people = ImportedPerson.objects.exclude(email="").select_related("member")
    for person in people.order_by("pk"):
        confirmed = EmailAddress.objects.filter(email__iexact=person.email, verified=True)
        users = list(User.objects.filter(pk__in=confirmed.values("user"), is_active=True)[:2])
        if len(users) == 1:
            yield person.member, users[0]


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

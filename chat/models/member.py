"""Members: the authors of messages, guests and account holders alike."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from accounts.lookalikes import lookalike_keys
from accounts.models import User
from chat.formatting import NAME_MAX_CHARACTERS, name_key
from chat.formatting.isolates import isolate
from chat.models.member_name import clean_name, guest_name, guest_names, member_name
from chat.models.picture import Picture

KEY_MAX_CHARACTERS = 3 * NAME_MAX_CHARACTERS
FORMER_NAME = "Former member"
STATUS_MAX_CHARACTERS = 80
TIME_ZONE_MAX_CHARACTERS = 64
NOT_SHOWN = "hidden"  # a time zone
NAME_KEYS = ("name_key", "lookalike", "caseless_lookalike")


class MemberQuerySet(models.QuerySet["Member"]):
    def guest(self, uid: uuid.UUID) -> "Member":
        """The member with this uid, or a new unsaved guest: visiting alone stores no row."""
        found = self.select_related("user").filter(uid=uid).first()
        return found or Member.new_guest(uid)

    def uid_of_user(self, user_id: int) -> uuid.UUID:
        """The uid of a user's own member, also of one who has none yet."""
        return self.filter(user=user_id).values_list("uid", flat=True).first() or _new_uid(user_id)

    def of_user(self, user: User) -> "Member":
        """The user's own member, stored if there is none yet."""
        self.ensure_of_user(user, None)
        return self.get(user=user)

    def ensure_of_user(self, user: User, guest: uuid.UUID | None) -> None:
        """Give a user who has no own member yet one: the guest of the browser, or a new one."""
        if self.filter(user=user).exists():
            return
        if guest and self._adopt(guest, user):
            return
        new = Member.new_of_user(user)
        if guest and not self.filter(uid=guest).exists():
            new.uid, new.name = guest, guest_name(guest)  # who is shown in the open tabs
        self.ensure_saved([new])

    def _adopt(self, guest: uuid.UUID, user: User) -> bool:
        """Make a stored guest the user's own member, unless an account has the guest."""
        with transaction.atomic():
            if not self.unclaimed(guest).update(user=user):
                return False
            self.get(uid=guest).save(update_fields=["user"])  # sets the keys
            return True

    def looks_like_account(self, name: str) -> bool:
        """Whether a name looks like a username, or that of an account's member or a bot."""
        return bool(self.that_look_like_accounts([name]))

    def that_look_like_accounts(self, names: Iterable[str]) -> set[str]:
        """Those of the names that look like a username, or that of an account's member or a bot."""
        keys = {name: lookalike_keys(name, KEY_MAX_CHARACTERS) for name in names}
        as_typed, caseless = {it for it, _ in keys.values()}, {it for _, it in keys.values()}
        alike = models.Q(lookalike__in=as_typed) | models.Q(caseless_lookalike__in=caseless)
        kept = models.Q(user__isnull=False) | models.Q(is_bot=True)
        found = [
            *self.filter(alike, kept).values_list("lookalike", "caseless_lookalike"),
            *User.objects.filter(alike).values_list("lookalike", "caseless_lookalike"),
        ]
        taken, taken_caseless = {it for it, _ in found}, {it for _, it in found}
        return {it for it, (a, b) in keys.items() if a in taken or b in taken_caseless}

    def name_guests(self, members: Iterable["Member"]) -> None:
        """Give each guest who is about to be stored a name that looks like no account's."""
        new = [it for it in members if not it.is_saved and it.is_guest and not it.has_own_name]
        taken = self.that_look_like_accounts({it.name for it in new}) if new else set()
        for guest in [it for it in new if it.name in taken]:
            names = guest_names(guest.uid)
            alike = self.that_look_like_accounts(names)
            guest.name = next((it for it in names if it not in alike), names[-1])

    def all_of_user(self, user: User) -> "MemberQuerySet":
        """The user's own member, and the guests that the user has claimed."""
        return self.filter(models.Q(user=user) | models.Q(claimed_by=user))

    def claimed_by(self, member: "Member") -> list[int]:
        """The primary keys of the guests that the member's account has claimed."""
        return list(self.filter(claimed_by=member.user_id).values_list("pk", flat=True))

    def find_own(self, members: "Collection[Member]") -> "dict[int, Member]":
        """The accounts' own members behind claimed guests, by the guests' primary keys."""
        users = {it.pk: it.claimed_by_id for it in members if it.claimed_by_id is not None}
        if not users:
            return {}
        own = {it.user_id: it for it in self.filter(user__in=set(users.values()))}
        return {pk: own[user] for pk, user in users.items() if user in own}

    def tell_decision(self) -> None:
        """Moderators have decided something about these members, or the accounts that have them."""
        users = list(self.filter(claimed_by__isnull=False).values_list("claimed_by", flat=True))
        pks = list(self.values_list("pk", flat=True))
        told = Member.objects.filter(models.Q(pk__in=pks) | models.Q(user__in=users))
        told.update(decided_at=timezone.now())

    def make_former(self, user: User) -> None:
        """Take the names of a user's members away: the account is deleted, messages stay."""
        Picture.objects.filter(member__in=self.all_of_user(user)).remove()
        self.all_of_user(user).update(
            is_former=True,
            name=FORMER_NAME,
            name_key="",
            lookalike="",
            caseless_lookalike="",
            status="",
            time_zone="",
        )

    def unclaimed(self, guest: uuid.UUID) -> "MemberQuerySet":
        """The stored guest with this uid, unless an account has it."""
        return self.filter(uid=guest, user=None, claimed_by=None, is_former=False, is_bot=False)

    def ensure_saved(self, members: Iterable["Member"]) -> None:
        """Save the members that are not saved, unless another connection already has."""
        new = {it.uid: it for it in members if not it.is_saved}
        for member in new.values():
            member.set_keys()
        if new:
            self.bulk_create([new[uid] for uid in sorted(new)], ignore_conflicts=True)
            for row in self.filter(uid__in=new):
                new[row.uid].become(row)


class Member(models.Model):
    """An author of messages: a guest (no user), or the member of a user account."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)  # the public id
    name = models.CharField(gettext_lazy("name"), max_length=NAME_MAX_CHARACTERS)
    name_key = models.CharField(  # for @mentions; set by save()
        max_length=KEY_MAX_CHARACTERS, default="", editable=False, db_index=True
    )
    # Of accounts' members, set by save(): see lookalike_keys.
    lookalike = models.CharField(
        max_length=KEY_MAX_CHARACTERS, default="", editable=False, db_index=True
    )
    caseless_lookalike = models.CharField(
        max_length=KEY_MAX_CHARACTERS, default="", editable=False, db_index=True
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=gettext_lazy("account"),
        help_text=gettext_lazy("The account this member belongs to; a guest has none."),
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="claimed_members",
        verbose_name=gettext_lazy("claimed by"),
        help_text=gettext_lazy("The account that wrote as this guest before it signed in."),
    )
    is_former = models.BooleanField(  # the messages stay
        gettext_lazy("former member"),
        default=False,
        help_text=gettext_lazy("The account of this member was deleted."),
    )
    is_bot = models.BooleanField(gettext_lazy("bot"), default=False, editable=False)  # see Bot
    status = models.CharField(max_length=STATUS_MAX_CHARACTERS, blank=True)  # a line of their own
    picture = models.OneToOneField(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, editable=False
    )
    # A key of the IANA database, or NOT_SHOWN; empty before the person has chosen.
    time_zone = models.CharField(max_length=TIME_ZONE_MAX_CHARACTERS, blank=True)
    # Set by Sanction, in memory also by a block of the guest's network: see chat/identity.py.
    banned_until = models.DateTimeField(
        gettext_lazy("banned until"), null=True, blank=True, editable=False
    )
    # When moderators last decided about the member, or what the member reported; and when the
    # member looked.
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decisions_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(gettext_lazy("joined"), auto_now_add=True)

    objects = MemberQuerySet.as_manager()

    # What the account has claimed: set by chat/identity.py, and by journal/write/statements.py.
    claimed_uids: tuple[uuid.UUID, ...] = ()
    has_claimed = False
    comes_late = False  # a guest who is new while the installation takes none: see GuestClosing
    network_digest = ""  # of who visits as a guest: in memory alone

    class Meta:
        verbose_name = gettext_lazy("member")
        verbose_name_plural = gettext_lazy("members")

    def __str__(self) -> str:
        return isolate(self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        if (fields := kwargs.get("update_fields")) is not None and {"name", "user"} & {*fields}:
            kwargs["update_fields"] = {*fields, *NAME_KEYS}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Set what the name is looked up by."""
        self.name_key = name_key(self.name)
        if self.user_id is not None or self.is_bot:
            keys = lookalike_keys(self.name, KEY_MAX_CHARACTERS)
            self.lookalike, self.caseless_lookalike = keys

    @classmethod
    def new_guest(cls, uid: uuid.UUID) -> "Member":
        """An unsaved guest, with the name that such a uid gets."""
        return cls(uid=uid, name=guest_name(uid))

    @classmethod
    def new_of_user(cls, user: User) -> "Member":
        """The unsaved own member of a user who has none yet; the same one each time."""
        uid = _new_uid(user.pk)
        return cls(uid=uid, name=member_name(user.username) or guest_name(uid), user=user)

    @property
    def is_guest(self) -> bool:
        """Whether no account has this member, as its own or claimed, and it is no bot."""
        has_account = self.user_id is not None or self.claimed_by_id is not None
        return not (has_account or self.is_former or self.is_bot)

    @property
    def is_active(self) -> bool:
        """Whether somebody may speak as this member."""
        if self.claimed_by_id is not None or self.is_former or self.is_banned:
            return False
        return self.user is None or self.user.is_active

    @property
    def is_banned(self) -> bool:
        return self.banned_until is not None and self.banned_until > timezone.now()

    @property
    def account(self) -> User | None:
        """The account that has this member, as its own or claimed."""
        return self.user or self.claimed_by

    @property
    def has_news(self) -> bool:
        """Whether moderators have decided what the member has not read yet."""
        decided, seen = self.decided_at, self.decisions_seen_at
        return decided is not None and (seen is None or seen < decided)

    @property
    def is_saved(self) -> bool:
        return not self._state.adding

    @property
    def has_own_name(self) -> bool:
        """Whether the member has a name other than those that guests and accounts are given."""
        of_account = self.user and member_name(self.user.username)
        return self.name not in {*guest_names(self.uid), of_account}

    def ensure_saved(self) -> "Member":
        """Save this member unless another connection of the same guest already has."""
        Member.objects.ensure_saved([self])
        return self

    def become(self, row: "Member") -> None:
        """Be the stored member `row`, which has this uid."""
        self.pk, self.name, self._state.adding = row.pk, row.name, False
        self.user_id, self.claimed_by_id = row.user_id, row.claimed_by_id
        self.picture_id = row.picture_id

    def rename(self, typed: str) -> bool:
        """Save a new name. Returns whether it differs from the old.

        Raises ValidationError, and what `change` raises.
        """
        name = clean_name(typed)
        if name == self.name:
            return False
        self.ensure_saved()
        self.change(name=name)
        return True

    def change(self, **fields: str) -> None:
        """Store what the member says of themself.

        Raises PermissionDenied if the account is deleted by now, or an account has the guest.
        """
        for field, value in fields.items():
            setattr(self, field, value)
        self.set_keys()
        keys = {it: getattr(self, it) for it in NAME_KEYS} if "name" in fields else {}
        as_read = {"user": self.user_id, "claimed_by": self.claimed_by_id, "is_former": False}
        if not Member.objects.filter(pk=self.pk, **as_read).update(**fields, **keys):
            raise PermissionDenied


def _new_uid(user_id: int) -> uuid.UUID:
    """The uid that a user's own member gets: the same each time, and nobody can guess it."""
    digest = salted_hmac("chat.member", str(user_id), algorithm="sha256").digest()
    return uuid.UUID(bytes=digest[:16], version=4)

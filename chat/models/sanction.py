"""Sanctions: who may not speak in a room, or may not be in one, or in any, until a time.

A ban of a guest also holds for the networks that the guest came from. Whether a sanction is in
force is asked at the door, so nothing has to happen when it ends.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.moderation_act import UNDOES, WHY_MAX_CHARACTERS, ActKind, ModerationAct
from chat.models.revocation import Revocation, Why
from chat.models.room import Room

NETWORKS_MAX = 5  # of a ban
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)  # until somebody lifts the sanction


def end_after(seconds: int) -> datetime:
    """Until when a sanction of so many seconds is in force; 0: for good."""
    return timezone.now() + timedelta(seconds=seconds) if seconds else FOR_GOOD


def network_digest(network: str) -> str:
    """Names a network where its address is not stored."""
    return salted_hmac("chat.network", network, algorithm="sha256").hexdigest()


class SanctionKind(models.TextChoices):
    MUTE = "mute", gettext_lazy("mute")
    BAN = "ban", gettext_lazy("ban")


LIFTING = {SanctionKind.MUTE: ActKind.UNMUTE, SanctionKind.BAN: ActKind.UNBAN}


class SanctionQuerySet(models.QuerySet["Sanction"]):
    @transaction.atomic
    def ban(
        self, member: Member, until: datetime, *, by: Member | None = None, why: str = ""
    ) -> "Sanction":
        """Ban a member from all rooms. Each process closes their sockets, and adds networks."""
        BannedNetwork.objects.delete_expired()
        ban = self.create(kind=SanctionKind.BAN, member=member, until=until, by=by, why=why)
        self._update_members([member.pk])
        ModerationAct.objects.log([ban.act(ActKind.BAN, by, why)])
        Revocation.objects.append(Why.BANNED, member=member.uid)
        return ban

    @transaction.atomic
    def lift(self, *, by: Member | None = None, why: str = "") -> int:
        """End these sanctions now. Returns how many were in force."""
        lifted = list(self.in_force().select_related("member", "room"))
        pks = [it.pk for it in lifted]
        Sanction.objects.filter(pk__in=pks).update(until=timezone.now())
        BannedNetwork.objects.filter(ban__in=pks).delete()
        self._update_members([it.member_id for it in lifted])
        acts = [it.act(LIFTING[SanctionKind(it.kind)], by, why) for it in lifted]
        ModerationAct.objects.log(acts)
        return len(lifted)

    def impose(
        self, kind: SanctionKind, member: Member, room: Room, until: datetime, **fields: Any
    ) -> "Sanction":
        """Mute or ban a member in a room, which the caller has locked, in place of such a sanction.

        The caller revokes, and nudges.
        """
        BannedNetwork.objects.delete_expired()
        self.filter(kind=kind, member=member, room=room).delete()
        latest = Greatest(Coalesce(F("sanctioned_until"), until), until)
        Room.objects.filter(pk=room.pk).update(sanctioned_until=latest)
        room.sanctioned_until = max(room.sanctioned_until or until, until)
        return self.create(kind=kind, member=member, room=room, until=until, **fields)

    def end(self, sanction: "Sanction", room: Room) -> None:
        """End a sanction in a room, which the caller has locked."""
        self.filter(kind=sanction.kind, member=sanction.member_id, room=room).delete()
        left = self.in_force().filter(room=room)
        room.sanctioned_until = left.aggregate(latest=models.Max("until"))["latest"]
        Room.objects.filter(pk=room.pk).update(sanctioned_until=room.sanctioned_until)

    def rooms_banned_from(self, member: Member) -> set[int]:
        """The primary keys of the rooms that the member is banned from."""
        bans = self.in_force().filter(kind=SanctionKind.BAN, member=member, room__isnull=False)
        return {it for it in bans.values_list("room", flat=True) if it is not None}

    def in_force(self) -> "SanctionQuerySet":
        return self.filter(until__gt=timezone.now())

    def everywhere(self) -> "SanctionQuerySet":
        """Bans from all rooms."""
        return self.filter(room=None)

    def in_rooms(
        self, rooms: Collection[int], members: Collection[int], digests: Collection[str] = ()
    ) -> "list[Sanction]":
        """The sanctions in force in these rooms of these members, and of guests' networks.

        One query; none without rooms.
        """
        if not rooms or not (members or digests):
            return []
        meant = Q(member__in=members)
        if digests:
            meant |= Q(networks__digest__in=digests)
        found = self.in_force().filter(meant, room__in=rooms)
        digest = F("networks__digest") if digests else models.Value("")
        return list(found.annotate(network=digest).order_by("until"))

    def at(self, digests: Collection[str]) -> "SanctionQuerySet":
        """The bans in force from all rooms of guests who came from these networks."""
        return self.in_force().everywhere().filter(networks__digest__in=digests)

    def untils(self, digests: Collection[str]) -> dict[str, datetime]:
        """Until when these networks are banned from all rooms; those that are not are missing."""
        bans = self.in_force().everywhere()
        found = BannedNetwork.objects.filter(digest__in=digests, ban__in=bans)
        return dict(found.order_by("ban__until").values_list("digest", "ban__until"))

    @transaction.atomic
    def add_networks(
        self, member: uuid.UUID, digests: Iterable[str], room: int | None = None
    ) -> bool:
        """Ban networks of a banned guest. The caller nudges. Returns whether any is new."""
        bans = self.in_force().select_for_update(of=["self"]).filter(kind=SanctionKind.BAN)
        bans = bans.filter(member__uid=member, room=room)
        ban = bans.order_by("-until").first()  # locked: processes add networks in turns
        if ban is None:
            return False
        known = set(ban.networks.values_list("digest", flat=True))
        new = sorted(set(digests) - known)[: max(NETWORKS_MAX - len(known), 0)]
        BannedNetwork.objects.bulk_create(
            [BannedNetwork(ban=ban, digest=it) for it in new], ignore_conflicts=True
        )
        Revocation.objects.append_all(
            [Revocation(why=Why.BANNED, network=it, room_id=room) for it in new]
        )
        return bool(new)

    def add_first_network(self, member: Member, digest: str, room: Room | None = None) -> None:
        """Ban the network that a banned guest comes back from, if none is known yet.

        One network alone: the guest could else ban others by visiting from their networks.
        """
        known = BannedNetwork.objects.filter(ban__member=member.pk, ban__room=room)
        if not known.exists():
            self.add_networks(member.uid, [digest], room.pk if room else None)

    def move(self, source: Member, target: Member) -> None:
        """Make the sanctions of a member those of another one."""
        self.filter(member=source).update(member=target)
        self._update_members([target.pk])

    def _update_members(self, pks: Iterable[int]) -> None:
        bans = self.model.objects.in_force().everywhere().filter(member=models.OuterRef("pk"))
        until = bans.order_by("-until").values("until")[:1]
        Member.objects.filter(pk__in=pks).update(banned_until=models.Subquery(until))


class Sanction(models.Model):
    """A mute or a ban of a member in a room, or a ban from all (`room` is null).

    `Member.banned_until` follows the bans from all rooms, `Room.sanctioned_until` those in a room.
    The log keeps who imposed and lifted what: see ModerationAct.
    """

    kind = models.CharField(gettext_lazy("kind"), max_length=4, choices=SanctionKind)
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, verbose_name=gettext_lazy("member")
    )
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.CASCADE, verbose_name=gettext_lazy("room")
    )
    until = models.DateTimeField(gettext_lazy("until"), db_index=True)
    why = models.CharField(gettext_lazy("reason"), max_length=WHY_MAX_CHARACTERS, blank=True)
    by = models.ForeignKey(
        Member,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="imposed_sanctions",
        verbose_name=gettext_lazy("by"),
    )
    at = models.DateTimeField(gettext_lazy("since"), default=timezone.now)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("sanction")
        verbose_name_plural = gettext_lazy("sanctions")
        constraints = [
            # Whoever may not speak anywhere is banned.
            models.CheckConstraint(
                condition=Q(room__isnull=False) | Q(kind="ban"), name="sanction_mutes_in_a_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.member}"

    def act(self, kind: ActKind, by: Member | None, why: str) -> ModerationAct:
        """The unsaved line of the log about what was done with the sanction."""
        until = None if kind in UNDOES else self.until
        act = ModerationAct(kind=kind, by=by, room=self.room, member=self.member, why=why)
        act.until = until
        return act

    def is_meant(self, member: Member) -> bool:
        """Whether the sanction is the member's, or a ban of the network of this guest.

        Of a sanction that `in_rooms` found.
        """
        network = getattr(self, "network", "") or ""
        is_of_network = bool(network) and network == member.network_digest
        return self.member_id == member.pk or (self.is_ban and member.is_guest and is_of_network)

    @property
    def is_in_force(self) -> bool:
        return self.until > timezone.now()

    @property
    def is_ban(self) -> bool:
        return self.kind == SanctionKind.BAN


class BannedNetworkQuerySet(models.QuerySet["BannedNetwork"]):
    def delete_expired(self) -> None:
        self.filter(ban__until__lte=timezone.now()).delete()


class BannedNetwork(models.Model):
    """A network whose guests are banned as long as a ban is in force."""

    ban = models.ForeignKey(Sanction, on_delete=models.CASCADE, related_name="networks")
    digest = models.CharField(max_length=64, db_index=True)  # see network_digest

    objects = BannedNetworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ban", "digest"], name="banned_network_once"),
        ]

    def __str__(self) -> str:
        return self.digest[:8]

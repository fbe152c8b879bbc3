"""Blocks: guests who may not come in for a time, and the networks that they came from."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from chat.models.member import Member
from chat.models.revocation import Revocation, Why

WHY_MAX_CHARACTERS = 250
NETWORKS_MAX = 5  # of a block


def network_digest(network: str) -> str:
    """Names a network where its address is not stored."""
    return salted_hmac("chat.network", network, algorithm="sha256").hexdigest()


class BlockQuerySet(models.QuerySet["Block"]):
    @transaction.atomic
    def block(self, member: Member, until: datetime, **fields: Any) -> "Block":
        """Block a guest. Each process closes the guest's sockets, and adds their networks."""
        BlockedNetwork.objects.delete_expired()
        block = self.create(member=member, until=until, **fields)
        self._update_members([member.pk])
        Revocation.objects.append(Why.BLOCKED, member=member.uid)
        return block

    @transaction.atomic
    def lift(self) -> int:
        """End these blocks now. Returns how many were in force."""
        lifted = list(self.in_force().values_list("pk", "member"))
        Block.objects.filter(pk__in=[pk for pk, _ in lifted]).update(until=timezone.now())
        BlockedNetwork.objects.filter(block__in=[pk for pk, _ in lifted]).delete()
        self._update_members([member for _, member in lifted])
        return len(lifted)

    def in_force(self) -> "BlockQuerySet":
        return self.filter(until__gt=timezone.now())

    def at(self, digests: Collection[str]) -> "BlockQuerySet":
        """The blocks in force of guests who came from these networks."""
        return self.in_force().filter(networks__digest__in=digests)

    def untils(self, digests: Collection[str]) -> dict[str, datetime]:
        """Until when these networks are blocked; those that are not are missing."""
        found = BlockedNetwork.objects.filter(digest__in=digests, block__in=self.in_force())
        return dict(found.order_by("block__until").values_list("digest", "block__until"))

    @transaction.atomic
    def add_networks(self, member: uuid.UUID, digests: Iterable[str]) -> bool:
        """Block networks of a blocked guest. The caller nudges. Returns whether any is new."""
        blocks = self.in_force().select_for_update(of=["self"]).filter(member__uid=member)
        block = blocks.order_by("-until").first()  # locked: processes add networks in turns
        if block is None:
            return False
        known = set(block.networks.values_list("digest", flat=True))
        new = sorted(set(digests) - known)[: max(NETWORKS_MAX - len(known), 0)]
        BlockedNetwork.objects.bulk_create(
            [BlockedNetwork(block=block, digest=it) for it in new], ignore_conflicts=True
        )
        Revocation.objects.append_all([Revocation(why=Why.BLOCKED, network=it) for it in new])
        return bool(new)

    def add_first_network(self, member: Member, digest: str) -> None:
        """Block the network that a blocked guest comes back from, if none is known yet.

        One network alone: the guest could else block others by visiting from their networks.
        """
        if not BlockedNetwork.objects.filter(block__member=member.pk).exists():
            self.add_networks(member.uid, [digest])

    def _update_members(self, pks: Iterable[int]) -> None:
        latest = self.model.objects.in_force().filter(member=models.OuterRef("pk"))
        until = latest.order_by("-until").values("until")[:1]
        Member.objects.filter(pk__in=pks).update(blocked_until=models.Subquery(until))


class Block(models.Model):
    """A guest who may not come in until a time. `Member.blocked_until` follows these rows."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, verbose_name=gettext_lazy("member")
    )
    until = models.DateTimeField(gettext_lazy("until"), db_index=True)
    why = models.CharField(gettext_lazy("reason"), max_length=WHY_MAX_CHARACTERS, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=gettext_lazy("blocked by"),
    )
    at = models.DateTimeField(gettext_lazy("blocked at"), default=timezone.now)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("blocked guest")
        verbose_name_plural = gettext_lazy("blocked guests")

    def __str__(self) -> str:
        return str(self.member)

    @property
    def is_in_force(self) -> bool:
        return self.until > timezone.now()


class BlockedNetworkQuerySet(models.QuerySet["BlockedNetwork"]):
    def delete_expired(self) -> None:
        self.filter(block__until__lte=timezone.now()).delete()


class BlockedNetwork(models.Model):
    """A network from which no guest may come in as long as its block is in force."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="networks")
    digest = models.CharField(max_length=64, db_index=True)  # see network_digest

    objects = BlockedNetworkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "digest"], name="blocked_network_once"),
        ]

    def __str__(self) -> str:
        return self.digest[:8]

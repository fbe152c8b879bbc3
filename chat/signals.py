"""What follows from signing in and out, and from changes of accounts.

A first sign-in gives the user a member. What takes a right away appends a revocation. Revocations
and jobs are nudged after their commit.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from chat import guest_cookie, runtime
from chat.identity import session_digest
from chat.journal.activity import REVOKED
from chat.live.jobs import ADDED
from chat.models import (
    DeviceLink,
    File,
    HeldMessage,
    Invite,
    Job,
    Member,
    Membership,
    ProgramCursor,
    PushDevice,
    PushSettings,
    Revocation,
    Role,
    RoomKind,
    Subscription,
    Token,
)
from chat.models.revocation import Why
from chat.personal_data.deletion import forget
from chat.personal_data.handing_over import hand_over
from chat.programs import bots

REVOKING = {"password", "is_active", "is_staff", "is_superuser"}  # fields whose changes may revoke


@receiver(user_logged_in, dispatch_uid="chat.signed_in")
def give_user_a_member(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """At the first sign-in, the guest of the browser becomes the user's own member."""
    guest = guest_cookie.guest_of(request.COOKIES) if request else None
    Member.objects.ensure_of_user(user, guest)
    # Registered in no session, they would outlive the sign-out. The next visit registers again.
    PushDevice.objects.filter(member__user=user, session="").delete()


@receiver(post_delete, sender=Session, dispatch_uid="chat.session_ended")
def revoke_session(instance: Session, **kwargs: Any) -> None:
    """A session ends: by signing out, by a new password, or from a list of sessions."""
    digest = session_digest(instance.session_key)
    DeviceLink.objects.filter(session=digest).delete()
    PushDevice.objects.filter(session=digest).delete()
    user_id = instance.get_decoded().get(SESSION_KEY)
    if user_id is None or instance.expire_date < timezone.now():
        return
    uid = Member.objects.uid_of_user(User._meta.pk.to_python(user_id))
    Revocation.objects.append(Why.SESSION, member=uid, session=digest)


@receiver(pre_save, sender=User, dispatch_uid="chat.user_changes")
def revoke_user(instance: User, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """A password or what an account may changes. `User.save` is one transaction."""
    if instance._state.adding or (update_fields and update_fields.isdisjoint(REVOKING)):
        return
    users = User.objects.select_for_update().filter(pk=instance.pk)  # who makes a link waits
    before = users.first()
    if before is None:
        return
    if before.is_active and not instance.is_active:
        _revoke_all(instance, Why.DEACTIVATED)
        Invite.objects.revoke_of(Member.objects.all_of_user(instance))
        Token.objects.revoke_of_bots(Member.objects.all_of_user(instance))
        for owner in Member.objects.filter(user=instance, membership__role=Role.OWNER).distinct():
            hand_over(owner)
    elif before.password != instance.password:
        _revoke_all(instance, Why.PASSWORD)
    if before.is_operator and not instance.is_operator:
        bots.revoke_unkept(instance)


def _revoke_all(user: User, why: Why) -> None:
    DeviceLink.objects.filter(user=user).delete()
    PushDevice.objects.filter(member__user=user).delete()
    Revocation.objects.append(why, member=Member.objects.uid_of_user(user.pk))


@receiver(pre_delete, sender=User, dispatch_uid="chat.user_deleted")
def revoke_deleted_user(instance: User, **kwargs: Any) -> None:
    """An account is deleted: nobody speaks as its members any more."""
    Revocation.objects.append(Why.DELETED, member=Member.objects.uid_of_user(instance.pk))
    members = Member.objects.all_of_user(instance)
    Subscription.objects.filter(member__in=members).delete()
    PushDevice.objects.filter(member__in=members).delete()
    PushSettings.objects.filter(member__in=members).delete()
    HeldMessage.objects.filter(member__in=members).delete()
    Token.objects.filter(member__in=members).delete()
    Token.objects.revoke_of_bots(members)
    ProgramCursor.objects.filter(member__in=members).delete()
    File.objects.filter(member__in=members, message=None).remove()
    Invite.objects.forget_makers(members)
    Membership.objects.filter(member__in=members, room__kind=RoomKind.OPEN).delete()
    forget(instance)
    Member.objects.make_former(instance)


@receiver(post_save, sender=Revocation, dispatch_uid="chat.revocation_nudge")
def nudge_revocations(instance: Revocation, **kwargs: Any) -> None:
    """Every process closes sockets now, and not at its next reconcile round."""
    _publish_after_commit(REVOKED, instance.pk)


@receiver(post_save, sender=Job, dispatch_uid="chat.job_nudge")
def nudge_jobs(instance: Job, **kwargs: Any) -> None:
    """A process begins now, and not at its next look."""
    _publish_after_commit(ADDED, instance.pk)


def _publish_after_commit(topic: str, pk: int) -> None:
    """Tell every process, after the commit."""
    transaction.on_commit(lambda: async_to_sync(_publish)(topic, pk), robust=True)


async def _publish(topic: str, pk: int) -> None:
    await runtime.current().bus.publish_now(topic, "", [pk])

"""Members: guests, and who speaks for accounts."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from chat.admin.tables import (
    LargeTableAdmin,
    OperatorActions,
    ago,
    asks_first,
    in_transaction,
    link,
    moment,
    operator_of,
)
from chat.models import FOR_GOOD, Member, Picture, RoomKind, Sanction, Subscription
from chat.models.member_name import clean_name
from chat.models.sanction import end_after
from chat.web import names
from chat.web.moderation.forms import BanForm

GUESTS = Q(user=None, claimed_by=None, is_former=False, is_bot=False)
KINDS: dict[str, tuple[Any, Q]] = {
    "guests": (gettext_lazy("Guests"), GUESTS),
    "accounts": (gettext_lazy("Accounts"), Q(user__isnull=False)),
    "claimed": (gettext_lazy("Guests of accounts"), Q(claimed_by__isnull=False)),
    "bots": (gettext_lazy("Bots"), Q(is_bot=True)),
    "former": (gettext_lazy("Former members"), Q(is_former=True)),
}


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _) in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(KINDS[self.value()][1]) if self.value() in KINDS else queryset  # type: ignore[index]


class BannedFilter(admin.SimpleListFilter):
    title = gettext_lazy("banned")
    parameter_name = "banned"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        now = timezone.now()
        return queryset.filter(banned_until__gt=now) if self.value() else queryset


class AskBanForm(BanForm):
    """How long to ban the selected guests, and why."""

    member = None  # type: ignore[assignment]  # without the field


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


@admin.register(Member)
class MemberAdmin(OperatorActions, LargeTableAdmin):
    form = MemberForm
    list_display = [
        "name",
        "kind",
        "account_link",
        "joined",
        "seen",
        "banned",
        "messages_link",
    ]
    list_filter = [KindFilter, BannedFilter, "created_at"]
    list_select_related = ["user", "claimed_by"]
    search_fields = ["name", "name_key", "uid", "user__username", "claimed_by__username"]
    # Who speaks as a member reads what the member may.
    readonly_fields = [
        "uid",
        "user",
        "claimed_by",
        "created_at",
        "banned_until",
        "messages_link",
        "log_link",
    ]
    ordering = ["-pk"]
    actions = ["ban", "lift_bans", "remove_pictures"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # visits and sign-ups make them

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # messages stay, and need their author

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.save()
            return
        stored = Member.objects.select_for_update().get(pk=obj.pk)
        if stored.is_former and not form.initial["is_former"]:
            raise PermissionDenied  # the account was deleted meanwhile
        obj.save(update_fields=form.changed_data)  # what others changed meanwhile stays
        if "name" in form.changed_data:
            transaction.on_commit(partial(names.tell, obj, form.initial["name"]))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        of_member = Subscription.objects.filter(member=OuterRef("pk"))
        visits = of_member.filter(room__kind=RoomKind.OPEN).order_by("-visited_at")
        members = super().get_queryset(request)
        seen_at = Subquery(visits.values("visited_at")[:1])
        annotated: QuerySet[Any] = members.annotate(seen_at=seen_at)
        return annotated

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, member: Member) -> str:
        if member.user_id is not None:
            return gettext("Account")
        if member.claimed_by_id is not None:
            return gettext("Guest of an account")
        if member.is_bot:
            return gettext("Bot")
        return gettext("Former member") if member.is_former else gettext("Guest")

    @admin.display(description=gettext_lazy("account"), ordering="user__username")
    def account_link(self, member: Member) -> str:
        account = member.account
        if account is None:
            return "–"
        return link(reverse("admin:accounts_user_change", args=[account.pk]), account.username)

    @admin.display(description=gettext_lazy("joined"), ordering="created_at")
    def joined(self, member: Member) -> str:
        return ago(member.created_at)

    @admin.display(description=gettext_lazy("last seen"), ordering="seen_at")
    def seen(self, member: Any) -> str:
        return ago(member.seen_at)

    @admin.display(description=gettext_lazy("banned until"), ordering="banned_until")
    def banned(self, member: Member) -> str:
        if not member.is_banned:
            return "–"
        return (
            gettext("for good") if member.banned_until == FOR_GOOD else moment(member.banned_until)
        )

    @admin.display(description=gettext_lazy("messages"))
    def messages_link(self, member: Member) -> str:
        listed = f"{reverse('admin:chat_message_changelist')}?author={member.pk}"
        return link(listed, gettext("Messages"))

    @admin.display(description=gettext_lazy("log"))
    def log_link(self, member: Member) -> str:
        """What moderators did to the member."""
        return link(f"{reverse('moderation_log')}?person={member.uid}", gettext("Log"))

    @asks_first(
        gettext_lazy("Ban guests…"),
        gettext_lazy(
            "They can no longer come in, and neither can other guests from their networks."
            " Members of accounts are left out: deactivate their accounts."
        ),
        AskBanForm,
    )
    @in_transaction
    def ban(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        until = end_after(form.cleaned_data["seconds"])
        asked = Member.objects.select_for_update().filter(pk__in=rows.values("pk")).order_by("pk")
        guests = [it for it in asked if it.is_guest]  # as they are now
        operator = Member.objects.of_user(operator_of(request))
        for guest in guests:
            Sanction.objects.ban(guest, until, by=operator, why=form.cleaned_data["why"])
        return len(guests)

    @asks_first(gettext_lazy("Lift bans…"), gettext_lazy("They can come in again."))
    @in_transaction
    def lift_bans(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        bans = Sanction.objects.everywhere().filter(member__in=rows.values("pk"))
        return bans.lift(by=Member.objects.of_user(operator_of(request)))

    @asks_first(
        gettext_lazy("Remove pictures…"),
        gettext_lazy("Their letters are shown again. They can set another picture."),
    )
    @in_transaction
    def remove_pictures(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        asked = Member.objects.select_for_update().filter(pk__in=rows.values("pk"))
        shown = list(asked.filter(picture__isnull=False))
        Picture.objects.filter(member__in=shown).remove()
        for member in shown:
            member.picture = None
            transaction.on_commit(partial(names.tell_picture, member))
        return len(shown)

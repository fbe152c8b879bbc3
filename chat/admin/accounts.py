"""Accounts: who may sign in, and who operates the installation."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy

from accounts import operators
from accounts.models import User
from chat.admin.tables import (
    LAST_OPERATOR,
    LargeTableAdmin,
    OperatorActions,
    ago,
    asks_first,
    in_transaction,
    link,
)
from chat.models import RoomKind, Subscription
from chat.personal_data import deletion


class OperatorFilter(admin.SimpleListFilter):
    title = gettext_lazy("operator")
    parameter_name = "operator"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() is None:
            return queryset
        is_wanted = self.value() == "yes"
        operate = {"is_staff": True, "is_superuser": True}
        return queryset.filter(**operate) if is_wanted else queryset.exclude(**operate)


class AccountForm(UserChangeForm):  # type: ignore[type-arg]  # not subscriptable when run
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not all(cleaned.get(right, True) for right in operators.OPERATES):
            try:
                operators.ensure_others_operate([self.instance])
            except operators.LastOperator:
                raise forms.ValidationError(LAST_OPERATOR) from None
        return cleaned


@admin.register(User)
class AccountAdmin(OperatorActions, LargeTableAdmin, UserAdmin):  # type: ignore[type-arg]
    form = AccountForm
    list_display = ["username", "shown_name", "is_active", "operates", "joined", "seen"]
    list_filter = ["is_active", OperatorFilter, "date_joined"]
    list_select_related = ["member"]
    search_fields = ["username", "email", "member__name", "member__uid"]
    ordering = ["-date_joined", "-pk"]
    actions = ["deactivate", "activate", "end_sessions", "make_operators", "make_no_operators"]

    @method_decorator(reauthentication_required)
    def user_change_password(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new password signs in from then on, also to the account of the operator who asks."""
        return super().user_change_password(*args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed = super().has_delete_permission(request, obj)
        return is_allowed and not (obj and operators.is_last_operator(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """What hinders a deletion is shown in place of the question."""
        objects, counts, denied, protected = super().get_deleted_objects(objs, request)
        if operators.are_last_operators(objs):
            protected = [*protected, str(LAST_OPERATOR)]
        return objects, counts, denied, protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """What the account wrote stays, as when people delete their own."""
        deletion.delete_account(obj, with_messages=False)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for user in queryset:
            self.delete_model(request, user)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        of_user = Subscription.objects.filter(member__user=OuterRef("pk"))
        visits = of_user.filter(room__kind=RoomKind.OPEN).order_by("-visited_at")
        users = super().get_queryset(request)
        seen_at = Subquery(visits.values("visited_at")[:1])
        annotated: QuerySet[Any] = users.annotate(seen_at=seen_at)
        return annotated

    @admin.display(description=gettext_lazy("name"), ordering="member__name")
    def shown_name(self, user: User) -> str:
        member = getattr(user, "member", None)
        if member is None:
            return "–"
        return link(reverse("admin:chat_member_change", args=[member.pk]), member.name)

    @admin.display(description=gettext_lazy("operator"), boolean=True)
    def operates(self, user: User) -> bool:
        return user.is_staff and user.is_superuser

    @admin.display(description=gettext_lazy("joined"), ordering="date_joined")
    def joined(self, user: User) -> str:
        return ago(user.date_joined)

    @admin.display(description=gettext_lazy("last seen"), ordering="seen_at")
    def seen(self, user: Any) -> str:
        return ago(user.seen_at)

    @asks_first(
        gettext_lazy("Deactivate accounts…"),
        gettext_lazy("They can no longer sign in, and their sessions end. Your own stays."),
    )
    @in_transaction
    def deactivate(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        return operators.set_active(_others(request, rows), active=False)

    @asks_first(gettext_lazy("Activate accounts…"), gettext_lazy("They can sign in again."))
    @in_transaction
    def activate(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        return operators.set_active(rows, active=True)

    @asks_first(
        gettext_lazy("End sessions…"),
        gettext_lazy("They are signed out on all devices. Your own sessions stay."),
    )
    @in_transaction
    def end_sessions(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        return operators.end_sessions(_others(request, rows))

    @asks_first(
        gettext_lazy("Make operators…"),
        gettext_lazy("They may do everything, in all rooms and here."),
    )
    @in_transaction
    def make_operators(self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        return operators.set_operator(rows, operator=True)

    @asks_first(
        gettext_lazy("Take the rights of operators away…"),
        gettext_lazy("They keep their accounts. You stay an operator."),
    )
    @in_transaction
    def make_no_operators(
        self, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form
    ) -> int:
        return operators.set_operator(_others(request, rows), operator=False)


def _others(request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Without the operator who asks: nobody locks themselves out by a click."""
    return rows.exclude(pk=request.user.pk)

"""What the tables of the admin have in common."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, ngettext

from accounts import operators
from accounts.models import User
from chat.models import Member, Room

LISTED_MAX = 100  # of the rows that an action asks about
LAST_OPERATOR = gettext_lazy(
    "Nobody would operate this installation any more. Make somebody else an operator first."
)

# An action that asks first: it is given the rows and the form, and returns how many it changed.
AskedAction = Callable[[Any, HttpRequest, "QuerySet[Any]", forms.Form], int]


class LargeTableAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """For large tables: short pages, and no total beside the number of search results."""

    show_full_result_count = False
    list_per_page = 50

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only by fields of the table: what refers to a row may be in a room that is not open."""
        return not _is_reverse(self.model, lookup) and super().lookup_allowed(
            lookup, value, request
        )


class JournalAdmin(LargeTableAdmin):
    """Read-only: clients rely on the order and completeness of these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_reverse(model: type[Model], lookup: str) -> bool:
    first = lookup.partition(LOOKUP_SEP)[0]
    return first in {it.name for it in model._meta.related_objects}


def ago(at: datetime | None) -> str:
    """A time as people say it, with the exact one as its title."""
    if at is None:
        return "–"
    exact = localize(localtime(at))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, naturaltime(at)
    )


def moment(at: datetime | None) -> str:
    """A time with its day, as the reader's language writes it."""
    return localize(localtime(at)) if at else "–"


def person_link(member: Member | None) -> str:
    """A link to the row of a person."""
    if member is None:
        return "–"
    return link(reverse("admin:chat_member_change", args=[member.pk]), str(member))


def room_link(room: Room) -> str:
    """A link to the page of a room, if it is still there."""
    if room.deleted_at is not None:
        return str(room)
    return link(reverse("room", args=[room.address]), str(room))


def link(address: str, text: str) -> str:
    """HTML of a link, with the text escaped."""
    return format_html('<a href="{}">{}</a>', address, text)


def asks_first(
    label: Any, question: Any, form: type[forms.Form] = forms.Form
) -> Callable[[AskedAction], Any]:
    """An action of operators on selected rows, which asks once more, with a form."""

    def decorate(work: AskedAction) -> Any:
        @admin.action(description=label, permissions=["operate"])
        @wraps(work)
        def action(self: Any, request: HttpRequest, rows: "QuerySet[Any]") -> HttpResponse | None:
            is_answer = "answer" in request.POST
            bound = form(request.POST if is_answer else None)
            if not is_answer or not bound.is_valid():
                return _ask(self, request, rows, bound, label, question)
            _do(self, request, rows, label, lambda: work(self, request, rows, bound))
            return None

        return action

    return decorate


def in_transaction(work: AskedAction) -> AskedAction:
    """For work that the database does alone: only for who is still an operator in it."""

    @wraps(work)
    def wrapped(self: Any, request: HttpRequest, rows: "QuerySet[Any]", form: forms.Form) -> int:
        with transaction.atomic():
            operators.ensure_operates(operator_of(request))
            return work(self, request, rows, form)

    return wrapped


def _ask(
    model_admin: Any,
    request: HttpRequest,
    rows: "QuerySet[Any]",
    form: forms.Form,
    label: Any,
    question: Any,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": label,
        "question": question,
        "rows": rows[:LISTED_MAX],
        "more": rows.count() > LISTED_MAX,
        "form": form,
        "opts": model_admin.model._meta,
        "action": request.POST["action"],
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return render(request, "admin/chat/ask.html", context)


def _do(
    model_admin: Any,
    request: HttpRequest,
    rows: "QuerySet[Any]",
    label: Any,
    work: Callable[[], int],
) -> None:
    asked = list(rows)
    try:
        count = work()
    except operators.LastOperator:
        model_admin.message_user(request, LAST_OPERATOR, messages.ERROR)
        return
    LogEntry.objects.log_actions(operator_of(request).pk, asked, CHANGE, str(label).rstrip(" …"))
    changed = ngettext("%(count)s changed.", "%(count)s changed.", count)
    model_admin.message_user(request, changed % {"count": localize(count)}, messages.SUCCESS)


def operator_of(request: HttpRequest) -> User:
    """Who asks. The admin lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


class OperatorActions:
    """For actions that only operators see: `permissions=["operate"]`."""

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_operator", False))

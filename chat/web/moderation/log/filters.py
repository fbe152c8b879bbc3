"""Which acts of the log somebody looks for."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy

from accounts.caseless import caseless_key
from chat.formatting import name_key
from chat.models import ActKind, Member, Room, RoomNameError, parse_address
from chat.models.moderation_act import ModerationActQuerySet
from chat.web.time_zones import zone_of

TYPED_MAX_CHARACTERS = 150


class LogForm(forms.Form):
    """People are typed by name, @username or id; days are those of the reader's time zone."""

    person = forms.CharField(
        label=gettext_lazy("Whom"), required=False, max_length=TYPED_MAX_CHARACTERS
    )
    by = forms.CharField(
        label=gettext_lazy("By"), required=False, max_length=TYPED_MAX_CHARACTERS
    )
    act = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("", gettext_lazy("Everything")), *ActKind.choices],
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    room = forms.CharField(
        label=gettext_lazy("Room"), required=False, max_length=TYPED_MAX_CHARACTERS
    )

    field_order = ["room", "person", "by", "act", "since", "until"]

    def __init__(self, data: Any, member: Member, *, of_all: bool) -> None:
        super().__init__(data, auto_id="log-%s")
        self._zone = zone_of(member)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")
        if not of_all:
            del self.fields["room"]

    def find(self, acts: ModerationActQuerySet) -> ModerationActQuerySet:
        """Those of the acts that are looked for; a field with an error finds nothing."""
        if not self.is_valid():
            return acts.none()
        wanted = self.cleaned_data
        if person := wanted["person"]:
            acts = acts.filter(_is(person, "member"))
        if by := wanted["by"]:
            acts = acts.filter(_is(by, "by"))
        if kind := wanted["act"]:
            acts = acts.filter(kind=kind)
        if since := wanted["since"]:
            acts = acts.filter(at__gte=self._start_of(since))
        if (until := wanted["until"]) and until < date.max:
            acts = acts.filter(at__lt=self._start_of(until + timedelta(days=1)))
        if room := wanted.get("room"):
            acts = acts.filter(room__in=_rooms(room))
        return acts

    def _start_of(self, day: date) -> datetime:
        return make_aware(datetime.combine(day, time.min), self._zone)


def _is(typed: str, field: str) -> Q:
    """Who is named so, also as a guest whom the account has claimed."""
    people = Member.objects.filter(_named(typed))
    accounts = people.filter(user__isnull=False).values("user")
    return Q(**{f"{field}__in": people}) | Q(**{f"{field}__claimed_by__in": accounts})


def _named(typed: str) -> Q:
    try:
        return Q(uid=UUID(typed))
    except ValueError:
        pass
    username = Q(user__username_key=caseless_key(typed.removeprefix("@")))
    name = name_key(typed)
    is_name = Q(name_key__startswith=name) | Q(name_key__contains=f" {name}")
    return username if typed.startswith("@") or not name else username | is_name


def _rooms(typed: str) -> Any:
    """The room at an address; of one that is not open, the exact id finds it."""
    try:
        address = parse_address(typed)
    except RoomNameError:
        return Room.objects.none()
    return Room.objects.filter(key=address.key)

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
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9999, 1, 1)


class LogForm(forms.Form):
    """People are typed by name, @username or id; days are those of the reader's time zone."""

    person = forms.CharField(
        label=gettext_lazy("Whom"), required=False, max_length=TYPED_MAX_CHARACTERS
    )
    by = forms.CharField(label=gettext_lazy("By"), required=False, max_length=TYPED_MAX_CHARACTERS)
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
        given = {key: it for key, it in self.cleaned_data.items() if it}
        conditions = [self._condition(key, it) for key, it in given.items()]
        return acts.filter(*conditions)

    def _condition(self, key: str, wanted: Any) -> Q:
        match key:
            case "person":
                return _is(wanted, "member")
            case "by":
                return _is(wanted, "by")
            case "act":
                return Q(kind=wanted)
            case "since":
                return Q(at__gte=self._start_of(wanted))
            case "until":
                return Q(at__lt=self._start_of(min(wanted, LAST_DAY) + timedelta(days=1)))
            case _:
                return Q(room__in=_rooms(wanted))

    def _start_of(self, day: date) -> datetime:
        return make_aware(datetime.combine(max(day, FIRST_DAY), time.min), self._zone)


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

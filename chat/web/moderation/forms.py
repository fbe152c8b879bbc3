"""Forms of what moderators do in a room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from chat.formatting import NAME_MAX_CHARACTERS
from chat.models import Member
from chat.models.moderation_act import WHY_MAX_CHARACTERS
from chat.models.sanction import end_after
from chat.web.forms import SEQ_MAX

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
SECONDS_MAX = 366 * DAY
SLOW_SECONDS_MAX = 6 * HOUR

TIMES = [
    (10 * MINUTE, gettext_lazy("10 minutes")),
    (HOUR, gettext_lazy("1 hour")),
    (DAY, gettext_lazy("1 day")),
    (7 * DAY, gettext_lazy("1 week")),
    (30 * DAY, gettext_lazy("30 days")),
    (0, gettext_lazy("for good")),
]


class ReasonForm(forms.Form):
    """Why, as the log and the person are told."""

    why = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=WHY_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SanctionForm(ReasonForm):
    """Whom, and for how many seconds; 0 is for good."""

    person = forms.UUIDField(widget=forms.HiddenInput)
    seconds = forms.IntegerField(
        label=gettext_lazy("How long?"),
        min_value=0,
        max_value=SECONDS_MAX,
        widget=forms.Select(choices=TIMES),
        initial=HOUR,
    )

    field_order = ["person", "seconds", "why"]

    def clean_person(self) -> Member:
        return _member(self.cleaned_data)

    @property
    def until(self) -> datetime:
        return end_after(self.cleaned_data["seconds"])


class BanForm(ReasonForm):
    """Whom to ban from the installation, and for how many seconds; 0 is for good."""

    member = forms.UUIDField(widget=forms.HiddenInput)
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("How long?"), choices=TIMES[1:], coerce=int, initial=7 * DAY
    )

    field_order = ["member", "seconds", "why"]


class PersonForm(ReasonForm):
    """Whom."""

    person = forms.UUIDField(widget=forms.HiddenInput)

    def clean_person(self) -> Member:
        return _member(self.cleaned_data)


class UnbanForm(ReasonForm):
    """Whom, or the name: the list of people has nobody who is banned."""

    who = forms.CharField(required=False, max_length=NAME_MAX_CHARACTERS)
    person = forms.UUIDField(required=False)

    def clean_person(self) -> Member | None:
        return _member(self.cleaned_data) if self.cleaned_data["person"] else None


class MessageForm(ReasonForm):
    """Which message."""

    seq = forms.IntegerField(min_value=1, max_value=SEQ_MAX, widget=forms.HiddenInput)


class SlowForm(forms.Form):
    """The seconds between two posts of a person; 0 ends slow mode."""

    seconds = forms.IntegerField(min_value=0, max_value=SLOW_SECONDS_MAX)


class GuestClosingForm(ReasonForm):
    """For how many seconds no new guests are taken; 0: they are taken again."""

    seconds = forms.IntegerField(min_value=0, max_value=SECONDS_MAX)


def _member(cleaned: Mapping[str, Any]) -> Member:
    found = Member.objects.filter(uid=cleaned["person"]).first()
    if found is None:
        raise forms.ValidationError(gettext_lazy("There is no such person."))
    return found

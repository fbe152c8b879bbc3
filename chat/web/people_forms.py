"""Forms that name people: by their ids, as the completion does, or by a typed name."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.models import USERNAME_MAX_CHARACTERS
from chat.models import Member
from chat.web.people_search import active_accounts, find_by_name

PEOPLE_MAX = 100  # of a form


class PeopleForm(forms.Form):
    """Accounts: `people`, their members' ids, and one whose name or username is typed."""

    people = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    who = forms.CharField(
        label=gettext_lazy("People"),
        help_text=gettext_lazy("By name or username. They need an account."),
        max_length=USERNAME_MAX_CHARACTERS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    needs_people = True

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.fields["people"].valid_value = _is_id  # type: ignore[attr-defined]
        ids = data.getlist("people")[:PEOPLE_MAX] if data else []
        self.picked = list(active_accounts().filter(uid__in=filter(_is_id, ids))) if ids else []

    def clean_people(self) -> list[Member]:
        if len(self.data.getlist("people")) > PEOPLE_MAX:  # type: ignore[attr-defined]
            too_many = gettext("At most %(limit)s people at once.") % {"limit": PEOPLE_MAX}
            raise forms.ValidationError(too_many)
        return self.picked

    def clean_who(self) -> list[Member]:
        return [find_by_name(typed)] if (typed := self.cleaned_data["who"]) else []

    def clean(self) -> None:
        if self.needs_people and not self.errors and not self.chosen:
            self.add_error("who", gettext("Choose somebody who has an account."))

    @property
    def chosen(self) -> list[Member]:
        """Those who are named, once the form is valid."""
        both = [*self.cleaned_data.get("people", []), *self.cleaned_data.get("who", [])]
        return list({it.pk: it for it in both}.values())


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False

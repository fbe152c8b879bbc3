"""What a search is asked for."""

from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from chat.models.time_zones import known_zones
from chat.search.pages import NoSuchPlace, Place

NO_SUCH_PLACE = gettext_lazy("No page of results ends there.")
FROM, IN = "from", "in"
OPERATORS = [(FROM, FROM), (IN, IN)]


class _ZoneField(forms.CharField):
    """The name of a time zone, as browsers tell their own; None if none is given."""

    def clean(self, value: str | None) -> ZoneInfo | None:
        if not value:
            return None
        if value not in known_zones():
            raise forms.ValidationError(gettext("There is no such time zone."))
        return ZoneInfo(value)


class _PlaceField(forms.CharField):
    """Where the last page of results ended; None for the first page."""

    def clean(self, value: str | None) -> Place | None:
        if not value:
            return None
        try:
            return Place.parse(value)
        except NoSuchPlace:
            raise forms.ValidationError(NO_SUCH_PLACE) from None


class SearchForm(forms.Form):
    """`q` is what was typed, as it is; `before` where the last page ended."""

    before = _PlaceField(required=False)
    zone = _ZoneField(required=False)


class NamesForm(forms.Form):
    """Whose names: of people (`from`) or of rooms (`in`)."""

    operator = forms.ChoiceField(choices=OPERATORS)


class DayForm(forms.Form):
    """A day, as `2026-11-27`."""

    date = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write the day as 2026-11-27.")},
    )
    zone = _ZoneField(required=False)

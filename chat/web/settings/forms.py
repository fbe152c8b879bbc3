"""Forms of the settings of a room."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.forms.models import model_to_dict
from django.utils.translation import gettext, gettext_lazy

from chat.models import Member, Membership, Role, Room, RoomFilter
from chat.models.member_name import clean_name
from chat.models.room import RETENTION_MAX_DAYS, History
from chat.models.room_filter import PHRASES_MAX, WORDS_MAX_CHARACTERS, phrases_in
from chat.models.room_name_faults import NAME_MAX_CHARACTERS
from chat.web.moderation.forms import MINUTE
from chat.web.people_forms import PeopleForm


class AddForm(PeopleForm):
    """People to add, and what they see: as the room says, if nothing is chosen.

    A direct room becomes a members room of the `name`.
    """

    name = forms.CharField(
        label=gettext_lazy("Name of the room"),
        help_text=gettext_lazy("With one more person, it becomes a room with a name."),
        max_length=2 * NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    history = forms.ChoiceField(
        label=gettext_lazy("What they see"),
        choices=[
            (History.START, gettext_lazy("Everything that was said")),
            (History.JOINING, gettext_lazy("What is said from now on")),
        ],
        required=False,
    )

    def __init__(self, room: Room, data: Any = None) -> None:
        # What two people said is theirs, unless they choose otherwise.
        self._history = History.JOINING if room.is_direct else room.history
        super().__init__(data, initial={"history": self._history}, auto_id="add-%s")
        if not room.is_direct:
            del self.fields["name"]

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"], NAME_MAX_CHARACTERS)

    def clean_history(self) -> str:
        return self.cleaned_data["history"] or self._history


class PersonForm(forms.Form):
    """Somebody who is in the room."""

    person = forms.UUIDField()

    def __init__(self, room: Room, data: Any = None) -> None:
        super().__init__(data)
        self._room = room

    def clean_person(self) -> Member:
        in_room = Membership.objects.filter(room=self._room).select_related("member")
        found = in_room.filter(member__uid=self.cleaned_data["person"]).first()
        if found is None:
            raise forms.ValidationError(gettext("This person is not in the room."))
        return found.member


class PersonRoleForm(PersonForm):
    """A role for somebody who is in the room."""

    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role)


class NewRoleForm(PeopleForm):
    """A role in an open room, for an account."""

    role = forms.TypedChoiceField(
        label=gettext_lazy("Role"),
        choices=[(it.value, it.label) for it in (Role.MODERATOR, Role.OWNER)],
        coerce=Role,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="role-%s")

    def clean(self) -> None:
        super().clean()
        if not self.errors and len(self.chosen) > 1:
            self.add_error("who", gettext("Choose one person."))


class FilterForm(forms.Form):
    """Which messages wait for a moderator, and what is asked of guests."""

    holds_words = forms.BooleanField(label=gettext_lazy("Words and phrases"), required=False)
    words = forms.CharField(
        label=gettext_lazy("The words and phrases"),
        help_text=gettext_lazy("One in each line. They are found as whole words, in any case."),
        required=False,
        max_length=WORDS_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "spellcheck": "false"}),
    )
    holds_newcomer_links = forms.BooleanField(
        label=gettext_lazy("Links from newcomers"),
        help_text=gettext_lazy("A newcomer came to this installation less than a day ago."),
        required=False,
    )
    holds_repeated = forms.BooleanField(
        label=gettext_lazy("Repeated text"),
        help_text=gettext_lazy("The same text from one person for the third time in ten minutes."),
        required=False,
    )

    asks_name = forms.BooleanField(
        label=gettext_lazy("Guests choose a name first"),
        help_text=gettext_lazy("Guests who still have the name they were given cannot write."),
        required=False,
    )
    wait_seconds = forms.TypedChoiceField(
        label=gettext_lazy("Guests can write"),
        choices=[
            (0, gettext_lazy("at once")),
            (30, gettext_lazy("30 seconds after they came")),
            (2 * MINUTE, gettext_lazy("2 minutes after they came")),
            (10 * MINUTE, gettext_lazy("10 minutes after they came")),
        ],
        coerce=int,
        empty_value=0,  # type: ignore[arg-type]  # any value, at run time
        required=False,
    )

    def __init__(self, room: Room, data: Any = None) -> None:
        stored = RoomFilter.objects.filter(room=room).first()
        initial = model_to_dict(stored) if stored else None
        super().__init__(data, initial=initial, auto_id="filter-%s")

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if len(phrases_in(words)) > PHRASES_MAX:
            few = gettext("A list can have at most %(limit)s words and phrases.")
            raise forms.ValidationError(few % {"limit": PHRASES_MAX})
        return words


class HistoryForm(forms.Form):
    """What newcomers see if nobody says otherwise."""

    history = forms.TypedChoiceField(
        label=gettext_lazy("Newcomers see"),
        choices=[
            (History.START, gettext_lazy("everything that was said")),
            (History.JOINING, gettext_lazy("what is said from their joining")),
        ],
        coerce=History,
    )


class RetentionForm(forms.Form):
    """For how many days messages are kept; empty: as in other rooms."""

    days = forms.IntegerField(
        label=gettext_lazy("Days that messages are kept"),
        min_value=1,
        required=False,
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, kept_days: int | None = None) -> None:
        super().__init__(data, initial={"days": kept_days}, auto_id="retention-%s")
        days: Any = self.fields["days"]
        days.max_value = settings.RETENTION_DAYS or RETENTION_MAX_DAYS
        days.validators.append(MaxValueValidator(days.max_value))
        days.widget.attrs["max"] = days.max_value

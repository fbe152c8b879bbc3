"""What people fill in."""

from django import forms

from chat.models import RoomName, RoomNameError
from chat.models.member import NAME_MAX_CHARACTERS, clean_name
from chat.models.room import NAME_MAX_CHARACTERS as ROOM_NAME_MAX_CHARACTERS


class NameForm(forms.Form):
    """What to call a guest."""

    name = forms.CharField(
        label="Your name",
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class EnterForm(NameForm):
    """Which room to enter, and under which name."""

    room = forms.CharField(
        label="Room",
        max_length=ROOM_NAME_MAX_CHARACTERS,
        widget=forms.TextInput(
            attrs={
                "id": "room-name-input",
                "placeholder": "lobby",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def clean_room(self) -> str:
        try:
            return RoomName.parse(self.cleaned_data["room"]).shown
        except RoomNameError as error:
            raise forms.ValidationError(str(error)) from None


class HistoryForm(forms.Form):
    """Which messages to show: those before a seq, at most so many."""

    DEFAULT_LIMIT = 50

    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    limit = forms.IntegerField(required=False, min_value=1, max_value=200)

    def clean_limit(self) -> int:
        return self.cleaned_data["limit"] or self.DEFAULT_LIMIT

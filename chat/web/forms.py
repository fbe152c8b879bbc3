"""Forms of the pages, and the parameters of requests for JSON."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from accounts.visible_text import visible_text
from chat.formatting import NAME_MAX_CHARACTERS
from chat.models import Member, RoomNameError
from chat.models.member import NOT_SHOWN, STATUS_MAX_CHARACTERS
from chat.models.member_name import clean_name
from chat.web import room_addresses, time_zones
from chat.web.room_addresses import (
    TYPED_MAX_CHARACTERS,
    InviteAddress,
    RoomAddress,
    RoomAddressError,
)

SEQ_MAX = 2**63 - 1
POSITIONS = ["before", "after", "around", "seqs"]


def unmistakable(typed: str) -> str:
    """A name for somebody without an account. Raises ValidationError for one that looks like it."""
    name = clean_name(typed)
    if Member.objects.looks_like_account(name):
        mistakable = gettext("This name looks like that of an account. Choose another one.")
        raise forms.ValidationError(mistakable)
    return name


class NameForm(forms.Form):
    """The name of a guest."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        """`member` is who takes the name."""
        super().__init__(*args, **kwargs)
        self._member = member

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        member = self._member
        is_new = member is not None and member.is_guest and name != member.name
        return unmistakable(name) if is_new else name


class ProfileForm(NameForm):
    """What others see of an account, beside its username."""

    status = forms.CharField(
        label=gettext_lazy("Status"),
        help_text=gettext_lazy("A line that others see on your card."),
        max_length=STATUS_MAX_CHARACTERS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Others see what time it is where you are."),
        choices=time_zones.choices,
    )

    def __init__(self, data: Any = None, *, member: Member) -> None:
        shown = {
            "name": member.name,
            "status": member.status,
            "time_zone": member.time_zone or NOT_SHOWN,
        }
        super().__init__(data, initial=shown, member=member)
        if not member.time_zone:  # not chosen yet: a script selects the browser's
            self.fields["time_zone"].widget.attrs["data-browser-time-zone"] = True

    def clean_status(self) -> str:
        return " ".join(visible_text(self.cleaned_data["status"]).split())


class EnterForm(NameForm):
    """The room to enter, by its name or an address of it, and the name of the guest.

    `name_error` says what is wrong with a text that is no room name.
    """

    room = forms.CharField(
        label=gettext_lazy("Room name"),
        max_length=TYPED_MAX_CHARACTERS,
        widget=forms.TextInput(
            attrs={
                "id": "room-name-input",
                "placeholder": gettext_lazy("e.g. tea-room"),
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self.name_error: RoomNameError | None = None

    def clean_room(self) -> RoomAddress | InviteAddress:
        try:
            return room_addresses.parse_any(self._request, self.cleaned_data["room"])
        except RoomNameError as error:
            self.name_error = error
            raise forms.ValidationError(error.reason) from None
        except RoomAddressError as error:
            raise forms.ValidationError(str(error)) from None


class HistoryForm(forms.Form):
    """Which messages to return: those before, after or around a seq, or those at given seqs."""

    DEFAULT_LIMIT = 50

    before = forms.IntegerField(required=False, min_value=1, max_value=SEQ_MAX)
    after = forms.IntegerField(required=False, min_value=0, max_value=SEQ_MAX)
    around = forms.IntegerField(required=False, min_value=1, max_value=SEQ_MAX)
    limit = forms.IntegerField(required=False, min_value=1, max_value=200)
    seqs = forms.RegexField(r"\A\d{1,18}(,\d{1,18}){0,99}\Z", required=False)  # at most 100

    def clean_limit(self) -> int:
        return self.cleaned_data["limit"] or self.DEFAULT_LIMIT

    def clean_seqs(self) -> list[int]:
        return [int(seq) for seq in self.cleaned_data["seqs"].split(",") if seq]

    def clean(self) -> None:
        if sum(self.data.get(name) not in (None, "") for name in POSITIONS) > 1:
            only = gettext("Use only one of %(names)s.") % {"names": ", ".join(POSITIONS)}
            raise forms.ValidationError(only)


class KeepForm(forms.Form):
    """A member's state in a room that they left, to be restored."""

    read = forms.IntegerField(required=False, min_value=0, max_value=SEQ_MAX)
    muted = forms.BooleanField(required=False)
    starred = forms.BooleanField(required=False)


class PersonBlockForm(forms.Form):
    """Whether to block a person: a checkbox."""

    blocked = forms.BooleanField(required=False)


class MuteForm(forms.Form):
    """Whether to mute a room: a checkbox."""

    muted = forms.BooleanField(required=False)


class StarForm(forms.Form):
    """Whether to star a room: a checkbox."""

    starred = forms.BooleanField(required=False)

"""Forms of reports, and of what becomes of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.visible_text import visible_text
from chat.models import Verdict
from chat.models.moderation_act import WHY_MAX_CHARACTERS
from chat.models.report import NOTE_MAX_CHARACTERS
from chat.web.forms import SEQ_MAX
from chat.web.moderation.forms import DAY, TIMES

ACTS = ["delete", "mute", "ban", "block"]  # `block`: from the installation
CLOSING = {Verdict.ACTED.value, Verdict.DISMISSED.value}  # without an act here


class ReportForm(forms.Form):
    """Which message, and what is wrong with it."""

    seq = forms.IntegerField(min_value=1, max_value=SEQ_MAX)
    why = forms.CharField(required=False, max_length=WHY_MAX_CHARACTERS)

    def clean_why(self) -> str:
        return _line(self.cleaned_data["why"])


class DecisionForm(forms.Form):
    """What to do about a reported message, and what its author and the reporters are told."""

    act = forms.ChoiceField(choices=[(it, it) for it in (*ACTS, *sorted(CLOSING))])
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("How long, for a mute or a ban?"),
        choices=TIMES,
        coerce=int,
        initial=DAY,
        required=False,
        empty_value=None,
    )
    why = forms.CharField(
        label=gettext_lazy("Reason for deleting, muting or banning, which the author is told"),
        required=False,
        max_length=WHY_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to who reported it"),
        required=False,
        max_length=WHY_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_seconds(self) -> int:
        seconds: int | None = self.cleaned_data["seconds"]
        return DAY if seconds is None else seconds

    def clean_answer(self) -> str:
        return _line(self.cleaned_data["answer"])

    @property
    def verdict(self) -> Verdict:
        is_dismissed = self.cleaned_data["act"] == Verdict.DISMISSED
        return Verdict.DISMISSED if is_dismissed else Verdict.ACTED


class NoteForm(forms.Form):
    """What other moderators should know."""

    text = forms.CharField(
        label=gettext_lazy("Note for other moderators"),
        max_length=NOTE_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_text(self) -> Any:
        return _line(self.cleaned_data["text"])


def _line(typed: str) -> str:
    return " ".join(visible_text(typed).split())

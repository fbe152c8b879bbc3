"""Forms of web push: a browser's subscription, and what a person wants."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from chat.models import Member, Notify, PushSettings, Subscription, direct_rooms
from chat.models.push import ENDPOINT_MAX_CHARACTERS, KEY_MAX_CHARACTERS
from chat.push.client import UnusableEndpoint, endpoint_of
from chat.push.encryption import UnusableKeys, check_keys
from chat.web import time_zones

ROOMS_SHOWN = 100


class PushDeviceForm(forms.Form):
    """A PushSubscription of the Push API; `former` is the endpoint that it replaces."""

    endpoint = forms.CharField(max_length=ENDPOINT_MAX_CHARACTERS)
    former = forms.CharField(max_length=ENDPOINT_MAX_CHARACTERS, required=False)
    p256dh = forms.CharField(max_length=KEY_MAX_CHARACTERS)
    auth = forms.CharField(max_length=KEY_MAX_CHARACTERS)

    def clean_endpoint(self) -> str:
        """Resolved only when something is pushed; then its addresses are checked."""
        endpoint: str = self.cleaned_data["endpoint"]
        try:
            endpoint_of(endpoint)
        except UnusableEndpoint:
            unusable = gettext("This is no address of a push service.")
            raise forms.ValidationError(unusable) from None
        return endpoint

    def clean(self) -> None:
        keys = [self.cleaned_data.get(it, "") for it in ("p256dh", "auth")]
        try:
            if all(keys):
                check_keys(*keys)
        except UnusableKeys:
            self.add_error("p256dh", gettext("These are no keys of a browser."))


class PushSettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    """What goes for all rooms."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the quiet hours"),
        choices=time_zones.places,
        required=False,
    )

    class Meta:
        model = PushSettings
        fields = ["shows_text", "quiet_from", "quiet_until", "time_zone"]
        labels = {
            "shows_text": gettext_lazy("Show who writes, and what"),
            "quiet_from": gettext_lazy("Quiet from"),
            "quiet_until": gettext_lazy("Quiet until"),
        }
        help_texts = {
            "shows_text": gettext_lazy("Otherwise a notification says only: something new."),
            "quiet_until": gettext_lazy("In these hours nothing is notified. Empty: none."),
        }
        widgets = {
            it: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for it in ("quiet_from", "quiet_until")
        }

    def __init__(self, data: Any = None, *, instance: PushSettings) -> None:
        super().__init__(data, instance=instance)
        if not instance.time_zone:  # not chosen yet: a script selects the browser's
            self.fields["time_zone"].widget.attrs["data-browser-time-zone"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        hours = [cleaned.get(it) for it in ("quiet_from", "quiet_until")]
        if not self.errors and (hours[0] is None) != (hours[1] is None):
            missing = "quiet_from" if hours[0] is None else "quiet_until"
            self.add_error(missing, gettext("Give both hours, or neither."))
        return cleaned


class PushRoomsForm(forms.Form):
    """What is notified of each room in the member's list."""

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._member = member
        listed = Subscription.objects.current(member)[:ROOMS_SHOWN] if member.is_saved else ()
        self._listed = {f"room-{it.room.uid}": it for it in listed}
        rooms = [it.room for it in self._listed.values()]
        direct_rooms.name_for([member.pk], rooms)
        for name, it in self._listed.items():
            self.fields[name] = forms.ChoiceField(
                label=it.room.shown_name, choices=Notify.choices, initial=it.notify, required=False
            )

    def save(self) -> None:
        for name, it in self._listed.items():
            chosen = self.cleaned_data[name]
            if chosen and chosen != it.notify:
                Subscription.objects.set_notify(self._member, it.room, Notify(chosen))

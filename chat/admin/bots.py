"""Bots. Their tokens are made where those of the operator are: /accounts/tokens/."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from chat.admin.tables import operator_of
from chat.formatting import NAME_MAX_CHARACTERS
from chat.models import Bot, Member
from chat.programs import keeping
from chat.programs.keeping import Changed
from chat.web.forms import unmistakable


class BotForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    name = forms.CharField(label=gettext_lazy("name"), max_length=NAME_MAX_CHARACTERS)

    class Meta:
        model = Bot
        fields = ["hears", "hears_own"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["name"]  # of its member, which has a page

    def clean_name(self) -> str:
        return unmistakable(self.cleaned_data["name"])


@admin.register(Bot)
class BotAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when run
    """Members that programs speak as. What they said stays, so none is deleted: ban it."""

    form = BotForm
    fields = ["name", "hears", "hears_own"]
    list_display = ["member", "hears", "hears_own", "made_by"]
    list_select_related = ["member", "made_by"]
    ordering = ["-pk"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["hears", "hears_own"] if obj else ["name", "hears", "hears_own"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        operator = Member.objects.of_user(operator_of(request))
        if change:
            super().save_model(request, obj, form, change)
            keeping.log_changed(operator, obj.room, obj.member, Changed.HEARS)
            return
        terms = {it: form.cleaned_data[it] for it in ("hears", "hears_own")}
        made = Bot.objects.make(form.cleaned_data["name"], operator, **terms)
        keeping.log_made(operator, None, made, keeping.ProgramKind.BOT)
        obj.pk, obj.member, obj.made_by = made.pk, made.member, made.made_by

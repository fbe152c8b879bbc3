"""Whether newcomers knock, and who is let in. Each change answers as `door.change` does."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse

from chat.access import Found
from chat.journal.roster_changes import LetIn, SetKnock, TurnAway
from chat.models import Member
from chat.policy import Action
from chat.web.moderation.forms import PersonForm
from chat.web.settings import door
from chat.web.settings.door import settings_change


class AnswerForm(PersonForm):
    """Whether the person is let in."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


@settings_change(Action.SET_KNOCK)
def set_knock(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Newcomers knock from now on if `knock` is given, and no longer without."""
    change = SetKnock(found.room.pk, member.pk, bool(request.POST.get("knock")))
    return door.change(request, member, found, change)


@settings_change(Action.SET_KNOCK)
def let_in(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Let the `person` in, or not: the `answer`."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    answers = {"yes": LetIn, "no": TurnAway}
    person, why = form.cleaned_data["person"], form.cleaned_data["why"]
    change = answers[form.cleaned_data["answer"]](found.room.pk, member.pk, person.pk, why)
    return door.change(request, member, found, change)

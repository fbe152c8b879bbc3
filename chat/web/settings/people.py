"""Changes of who is in a room, and of their roles. Each answers as `door.change` does."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from chat.access import Found
from chat.journal.roster_changes import AddPeople, Leave, RemovePerson, SetRole
from chat.live.rates import PERSON_SEARCH
from chat.models import Member
from chat.models.room import History
from chat.policy import Action
from chat.web import rates
from chat.web.people_forms import PeopleForm
from chat.web.requests import is_for_people
from chat.web.settings import door, page
from chat.web.settings.door import settings_change
from chat.web.settings.forms import AddForm, NewRoleForm, PersonForm, PersonRoleForm


@settings_change(Action.ADD_PEOPLE)
def add(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Add `people`, or `who` is typed, who see the `history` that is chosen. Raises TooFast."""
    _count_search(request, member)
    form = AddForm(found.room, request.POST)
    if not form.is_valid():
        return _invalid(request, member, found, form)
    people = tuple(it.pk for it in form.chosen)
    sees_history = form.cleaned_data["history"] == History.START
    name = form.cleaned_data.get("name", "")
    adding = AddPeople(found.room.pk, member.pk, people, sees_history, name)
    return door.change(request, member, found, adding, people=len(people))


@settings_change(Action.REMOVE_PEOPLE)
def remove(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Remove the `person`."""
    form = PersonForm(found.room, request.POST)
    if not form.is_valid():
        return _invalid(request, member, found, form)
    person = form.cleaned_data["person"]
    return door.change(request, member, found, RemovePerson(found.room.pk, member.pk, person.pk))


@settings_change(Action.SET_ROLES)
def set_role(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Give the `person` a `role`; or in an open room, an account that is named. Raises TooFast."""
    if "person" in request.POST or not found.room.is_open:
        form: forms.Form = PersonRoleForm(found.room, request.POST)
    else:
        _count_search(request, member)
        form = NewRoleForm(request.POST)
    if not form.is_valid():
        return _invalid(request, member, found, form)
    person = form.chosen[0] if isinstance(form, PeopleForm) else form.cleaned_data["person"]
    change = SetRole(found.room.pk, member.pk, person.pk, form.cleaned_data["role"])
    return door.change(request, member, found, change)


@settings_change(Action.LEAVE)
def leave(request: HttpRequest, member: Member, found: Found) -> HttpResponse:
    """Leave the room for good."""
    leaving = Leave(found.room.pk, member.pk)
    return door.change(request, member, found, leaving, leads_to=reverse("index"))


def _count_search(request: HttpRequest, member: Member) -> None:
    """A typed name is one that is looked for."""
    if request.POST.get("who"):
        rates.count(request, member, PERSON_SEARCH)


def _invalid(request: HttpRequest, member: Member, found: Found, form: forms.Form) -> HttpResponse:
    if is_for_people(request) and isinstance(form, PeopleForm):
        return page.render_page(request, member, found, form)
    return JsonResponse({"errors": form.errors}, status=422)

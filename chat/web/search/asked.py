"""What the doors of the search share: the room that is asked about, and refusals."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, JsonResponse

from chat.access import Found
from chat.models import Address, Member
from chat.web import doors

ROOM = "room"  # the parameter with the address of a room


@dataclass(frozen=True, slots=True)
class Place:
    """A room that is asked about. `found` is None before the first visit of an open room."""

    asked: Address
    found: Found | None

    @property
    def address(self) -> str:
        return self.found.room.address if self.found else self.asked.shown

    @property
    def name(self) -> str:
        return self.found.room.shown_name if self.found else self.asked.shown


def asked_place(request: HttpRequest, member: Member) -> Place | None:
    """The room that is asked about; None for all of the member's rooms.

    Raises Http404 and PermissionDenied as the room's page.
    """
    typed = request.GET.get(ROOM, "")
    return Place(*doors.find(member, typed)) if typed else None


def first_error(form: forms.Form) -> str:
    """The first thing that is wrong with a form, and its field."""
    name, errors = next(iter(form.errors.items()))
    return f"{name}: {errors[0]}"


def refusal(code: str, detail: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "detail": detail}}, status=400)

"""/accounts/profile/: what others see of an account, and the ways to the rest of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chat import reports
from chat.files import own_pictures
from chat.models import Member
from chat.web import names, pictures
from chat.web.files.door import is_announcement
from chat.web.forms import ProfileForm
from chat.web.guests import change_view, guest_view
from chat.web.pictures import PictureForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@guest_view
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    """Shows the profile of the signed-in user, and changes it."""
    if member.user_id is None:
        raise PermissionDenied
    form = ProfileForm(request.POST or None, member=member)
    if form.is_valid():
        names.rename(request, member, form.cleaned_data["name"])
        _store(member, form)
        messages.success(request, gettext("Your profile is saved."))
        return redirect("account_profile")
    return _page(request, member, form, PictureForm())


@never_cache
@require_POST
@login_required
@change_view
def picture(request: HttpRequest, member: Member) -> HttpResponse:
    """Gives the signed-in user a picture; with `remove`, takes it away. Raises TooFast."""
    if member.user_id is None:
        raise PermissionDenied
    if is_announcement(request):
        return pictures.accept()
    if request.POST.get("remove"):
        own_pictures.take_from_member(member)
        return _answer(request, member, gettext("You have no picture now."))
    member.ensure_saved()
    form = PictureForm(request)
    if pictures.receive(
        request, member, form, lambda path, name: own_pictures.give_member(member, path, name)
    ):
        return _answer(request, member, gettext("Your picture is saved."))
    return _page(request, member, ProfileForm(member=member), form)


def _answer(request: HttpRequest, member: Member, message: str) -> HttpResponse:
    names.tell_picture(member)
    messages.success(request, message)
    return redirect("account_profile")


def _page(
    request: HttpRequest, member: Member, form: ProfileForm, picture_form: PictureForm
) -> HttpResponse:
    is_wrong = form.is_bound or picture_form.is_bound
    context = {
        "form": form,
        "picture_form": picture_form,
        "member": member,
        "open_reports": reports.open_count(member),
    }
    return render(request, "account/profile.html", context, status=422 if is_wrong else 200)


def _store(member: Member, form: ProfileForm) -> None:
    member.ensure_saved()
    member.change(**{it: form.cleaned_data[it] for it in ("status", "time_zone")})

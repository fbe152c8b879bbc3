"""/accounts/profile/: what others see of an account, and the ways to the rest of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import reports
from chat.models import Member
from chat.web import names
from chat.web.forms import ProfileForm
from chat.web.guests import guest_view


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
    context = {"form": form, "member": member, "open_reports": reports.open_count(member)}
    return render(request, "account/profile.html", context, status=422 if form.is_bound else 200)


def _store(member: Member, form: ProfileForm) -> None:
    member.ensure_saved()
    member.change(**{it: form.cleaned_data[it] for it in ("status", "time_zone")})

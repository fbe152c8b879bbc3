"""What a request says about its client: the network, and whether people read the answer."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from chat.live.rates import network_of


def network(request: HttpRequest) -> str | None:
    """The network that a request comes from; None if it is unknown."""
    return network_of((request.META.get("REMOTE_ADDR", ""),))


def is_for_people(request: HttpRequest) -> bool:
    """Whether to answer with a page, and not with JSON."""
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def next_path(request: HttpRequest) -> str:
    """Where the form's `next` leads on to: an address of ours, or the start page."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if is_ours else reverse("index")

"""What people type to open a room: its name, #name, or an address of this installation.

Or the link of an invite: an installed app of a phone has no other place to open it in.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils.translation import gettext

from chat.formatting.isolates import isolate
from chat.models import Address, RoomName, parse_address

TYPED_MAX_CHARACTERS = 2_000  # of an address; a name is shorter

URL = re.compile(r"https?://\S+", re.IGNORECASE)
IN_PATH = re.compile(r"chat/([^/]+)")
IN_INVITE = re.compile(r"invite/([\w.-]+)/?", re.ASCII)
ENCODED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
HOST = re.compile(  # without a scheme: example.com, localhost, 192.0.2.1, [::1]
    r"(?:(?:[\w-]+\.)+[^\W\d_]{2,}|localhost|\d+(?:\.\d+){3}|\[[\da-f:.]+\])(?::\d+)?",
    re.IGNORECASE,
)
SEQ = re.compile(r"[1-9]\d{0,15}", re.ASCII)
DEFAULT_PORTS = {"", "80", "443"}


class RoomAddressError(ValueError):
    """An address that is no room's, here. The error text is for people."""


@dataclass(frozen=True, slots=True)
class RoomAddress:
    """A room, and perhaps a message in it: `seq`."""

    address: Address
    seq: int | None = None

    @property
    def path(self) -> str:
        return reverse("room", args=[self.address.shown]) + (f"#{self.seq}" if self.seq else "")


@dataclass(frozen=True, slots=True)
class InviteAddress:
    """An invite, by its token; whether it is valid is not known."""

    token: str

    @property
    def path(self) -> str:
        return reverse("invite", args=[self.token])


def parse_any(request: HttpRequest, typed: str) -> RoomAddress | InviteAddress:
    """As `parse`, and also takes links of invites."""
    text = _without_unseen_ends(typed)
    found = URL.search(text)
    host, path, _ = _split(request, found[0].strip("<>") if found else text)
    in_path = IN_INVITE.fullmatch(path)
    if in_path and (host is None or _is_ours(request, host)):
        return InviteAddress(in_path[1])
    return parse(request, typed)


def parse(request: HttpRequest, typed: str) -> RoomAddress:
    """Parse what a person typed. Raises RoomNameError and RoomAddressError.

    A name has no `#`, `/` or `%`, so no name is taken for anything else.
    """
    text = _without_unseen_ends(typed)
    name = text.lstrip("#＃").strip()
    if "/" not in name:
        return RoomAddress(_parse_name(name))
    found = URL.search(text)
    if found and found.start() > 0:  # a line that was shared: "Tea room https://…"
        text = found[0]
    return _parse_address(request, text.strip("<>").rstrip())


def _without_unseen_ends(text: str) -> str:
    """`text` without the spaces and format characters that are copied along."""
    while text and (text[0].isspace() or unicodedata.category(text[0]) == "Cf"):
        text = text[1:]
    while text and (text[-1].isspace() or unicodedata.category(text[-1]) == "Cf"):
        text = text[:-1]
    return text


def _parse_name(typed: str) -> Address:
    return parse_address(unquote(typed) if ENCODED.search(typed) else typed)


def _parse_address(request: HttpRequest, text: str) -> RoomAddress:
    host, path, fragment = _split(request, text)
    if host and not _is_ours(request, host):
        other = gettext("%(host)s is another site. Open the address in a new tab instead.")
        raise RoomAddressError(other % {"host": isolate(host)})
    in_path = IN_PATH.match(path)
    if in_path is None:
        if host is None:
            RoomName.parse(text)  # names the slash
        raise RoomAddressError(gettext("There is no room at this address."))
    seq = SEQ.fullmatch(fragment)
    return RoomAddress(_parse_name(in_path[1].strip()), int(seq[0]) if seq else None)


def _split(request: HttpRequest, text: str) -> tuple[str | None, str, str]:
    """The host, if there is one, the path within this installation, and the fragment."""
    first = text.partition("/")[0]
    if not first.endswith(":") and (HOST.fullmatch(first) or _is_ours(request, first)):
        text = f"//{text}"
    try:
        parts = urlsplit(text)
    except ValueError:  # a wrong IPv6 address
        raise RoomAddressError(gettext("There is no room at this address.")) from None
    root, path = reverse("index"), f"/{parts.path.lstrip('/')}"
    inside = path.removeprefix(root) if path.startswith(root) else ""
    return parts.netloc.rpartition("@")[2] or None, inside, parts.fragment


def _is_ours(request: HttpRequest, host: str) -> bool:
    """Whether a host is the request's own, or another name of this installation."""
    domain, port = _domain_and_port(host)
    own_domain, own_port = _domain_and_port(request.get_host())
    if port != own_port and not {port, own_port} <= DEFAULT_PORTS:
        return False
    named = [it for it in settings.ALLOWED_HOSTS if it != "*"]
    return bool(domain) and (domain == own_domain or validate_host(domain, named))


def _domain_and_port(host: str) -> tuple[str, str]:
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        pass  # split_domain_port refuses the host
    return split_domain_port(host)

"""A room's address as a QR code."""

import re
from uuid import uuid4

import pytest
import segno
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from chat import guest_cookie
from chat.models import Member, Room, RoomName
from chat.web import qr

pytestmark = pytest.mark.django_db


def drawn_modules(svg: bytes) -> set[tuple[int, int]]:
    """The dark modules of an image, as (column, row)."""
    path = re.search(rb'stroke="#000" d="([^"]+)"', svg)
    assert path
    modules = set()
    x = y = 0.0
    for command, dx, dy in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path[1].decode()):
        if command == "h":
            modules |= {(int(x) + step, int(y)) for step in range(int(dx))}
        x, y = (float(dx), float(dy)) if command == "M" else (x + float(dx), y + float(dy or 0))
    return modules


def expected_modules(address: str) -> set[tuple[int, int]]:
    rows = segno.make_qr(address).matrix_iter(border=qr.QUIET_MODULES)
    return {(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module}


def test_the_code_holds_the_rooms_public_address(client: Client, settings: LazySettings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["chat.example.com"]
    Room.objects.ensure(RoomName.parse("Tea 茶"))
    public = {"HTTP_HOST": "chat.example.com", "HTTP_X_FORWARDED_PROTO": "https"}
    answer = client.get("/chat/tea 茶/qr.svg", **public)  # type: ignore[arg-type]
    assert drawn_modules(answer.content) == expected_modules(
        "https://chat.example.com/chat/Tea%20%E8%8C%B6/"
    )


def test_the_code_is_black_on_white_with_a_margin_and_cached_for_an_hour(client: Client) -> None:
    answer = client.get("/chat/lobby/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=3600"}
    size = int(re.search(rb'viewBox="0 0 (\d+) \1"', answer.content)[1])  # type: ignore[index]
    assert f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'.encode() in answer.content
    coordinates = {it for module in drawn_modules(answer.content) for it in module}
    assert (min(coordinates), max(coordinates)) == (4, size - 5)


def test_a_request_for_a_code_creates_no_room(client: Client) -> None:
    head = client.head("/chat/nobody/qr.svg")
    assert (head.status_code, head.content) == (200, b"")
    assert not Room.objects.exists()


@pytest.mark.parametrize("name", ["a%2Fb", "%00", "x" * 65, " a", "a?"])
def test_an_invalid_room_name_has_no_code(client: Client, name: str) -> None:
    assert client.get(f"/chat/{name.replace('?', '%3F')}/qr.svg").status_code == 404


def test_a_member_who_may_not_read_the_room_gets_no_code(client: Client) -> None:
    Room.objects.ensure(RoomName.parse("lobby"))
    user = User.objects.create_user("alice", is_active=False)
    alice = Member.objects.create(name="Alice", user=user)
    client.cookies[guest_cookie.COOKIE] = guest_cookie.sign(alice.uid)
    assert client.get("/chat/lobby/qr.svg").status_code == 403


def test_an_address_too_long_for_a_code_is_refused(client: Client, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    answer = client.get("/chat/lobby/qr.svg", HTTP_HOST="a" * 3_000)
    assert answer.status_code == 400


@pytest.mark.parametrize(("characters", "mask"), [(100, None), (101, 0), (1_000, 0)])
def test_all_masks_are_tried_for_short_addresses_only(
    characters: int, mask: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks: list[int | None] = []

    def recording(text: str, mask: int | None) -> segno.QRCode:
        masks.append(mask)
        return make_qr(text, mask=mask)

    make_qr = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", recording)
    address = uuid4().hex.ljust(characters, "a")
    first, again = qr.svg(address), qr.svg(address)
    assert first is again
    assert masks == [mask]


def test_few_codes_are_kept() -> None:
    for number in range(110):
        qr.svg(f"{number}")
    assert qr.svg.cache_info().currsize == 100

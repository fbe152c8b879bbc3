"""The addresses of rooms and of what is in them."""

from collections.abc import Iterator
from typing import Any

from chat.tests.leaks.asks import HTML, Ask, Asks, change, get, in_room, post
from chat.tests.leaks.targets import FILE, TEXT, TOPIC, Target
from chat.tests.web.test_doors import NEVER


def messages(target: Target) -> Iterator[Ask]:
    first, *_ = target.seqs
    queries: list[dict[str, Any]] = [
        {"limit": 1},
        {"before": first + 1},
        {"before": target.version, "limit": 200},
        {"after": 0},
        {"after": first},
        {"around": first},
        {"around": target.version},
        {"seqs": ",".join(map(str, target.seqs))},
        {"seqs": "0,1,999"},
        {"after": "x"},
        {"before": 1, "after": 1},
    ]
    yield from in_room(target, "messages")
    for query in queries:
        yield get(f"/chat/{target.address}/messages", **query)


def away(target: Target) -> Iterator[Ask]:
    yield from in_room(target, "away")
    for query in ({"after": 0}, {"after": 9, "seen": 1}, {"after": "x"}, {"seen": target.version}):
        yield get(f"/chat/{target.address}/away", **query)


def card(target: Target) -> Iterator[Ask]:
    yield from in_room(target, f"people/{target.person}")
    yield get(f"/chat/lobby/people/{target.person}")


def files(target: Target) -> Iterator[Ask]:
    yield from of_room("files", id=str(NEVER))(target)
    for query in (
        {"kind": "pictures"},
        {"kind": "documents"},
        {"before": target.version},
        {"before": "x"},
    ):
        for headers in ({}, HTML):
            yield Ask("get", f"/chat/{target.address}/files", query, headers)


def upload(target: Target) -> Iterator[Ask]:
    for id in (target.file_id, target.file):
        yield from in_room(target, f"files/{id}")
        for method in ("patch", "delete"):
            yield Ask(method, f"/chat/{target.address}/files/{id}")


def file(target: Target) -> Iterator[Ask]:
    for uid in (target.file, target.file_id):
        for name in (FILE, "a", "1.webp"):
            for method in ("get", "head", "post"):
                yield Ask(method, f"/files/{uid}/{name}")
        yield get(f"/files/{uid}/{FILE}", download="1")
        yield Ask("get", f"/files/{uid}/{FILE}", headers={"range": "bytes=0-3"})
        yield Ask("get", f"/files/{uid}/{FILE}", headers={"if-none-match": '"e"'})
        yield Ask("get", f"/files/{uid}/{FILE}", headers=HTML)


def picture(target: Target) -> Iterator[Ask]:
    for size in (96, 256, 97):
        for method in ("get", "head", "post"):
            yield Ask(method, f"/pictures/{target.picture}/{size}.webp")
    yield Ask("get", f"/pictures/{target.picture}/96.webp", headers=HTML)
    yield Ask("get", f"/pictures/{target.picture}/96.webp", headers={"range": "bytes=0-3"})


def card_picture(target: Target) -> Iterator[Ask]:
    for method in ("get", "head", "post"):
        yield Ask(method, f"/cards/{target.card_picture}.webp")
    yield Ask("get", f"/cards/{target.card_picture}.webp", headers={"if-none-match": '"e"'})
    yield Ask("get", f"/cards/{target.card_picture}.webp", headers=HTML)


def of_room(door: str, **more: Any) -> Asks:
    """A door of the room that takes a form: tried with all that a form of this kind may ask for."""

    def asks(target: Target) -> Iterator[Ask]:
        fields = {
            "person": target.person,
            "who": str(target.person),
            "name": target.name,
            "role": "owner",
            "history": "start",
            "uses": "1",
            "expires": "86400",
            **more,
        }
        address = door.format(uid=target.invite)
        yield from in_room(target, address, **fields)
        yield Ask("post", f"/chat/{target.address}/{address}", fields, HTML)
        yield post(f"/chat/{target.address}/{address}")

    return asks


def room_log(target: Target) -> Iterator[Ask]:
    yield from in_room(target, "settings/log/")
    for query in ({"format": "jsonl"}, {"before": "9"}, {"person": str(target.person)}):
        yield get(f"/chat/{target.address}/settings/log/", **query)


def new_direct(target: Target) -> Iterator[Ask]:
    yield get("/chat/new/direct")
    yield Ask("post", "/chat/new/direct", {"with": target.uid})
    yield Ask("post", "/chat/new/direct", {"who": target.name})


def people_search(target: Target) -> Iterator[Ask]:
    for q in ("a", "Ada", "Be", target.name, target.address, str(target.person)):
        yield get("/chat/new/people", q=q)


def search(target: Target) -> Iterator[Ask]:
    """By what is said there, by its names, and in the room itself."""
    words = (TEXT, TEXT[:4], f'"{TEXT} by"', TOPIC, FILE, f"-{TEXT}", f"in:{target.name}")
    filters = (
        f"in:{target.address}",
        "from:Ada",
        "from:Former",
        "is:mention",
        "is:mine",
        "has:file",
    )
    for q in (*words, *filters, f"{TEXT} has:image", "after:2020-01-01", ""):
        yield get("/chat/search", q=q)
        yield Ask("get", "/chat/search", {"q": q}, HTML)
    for room in (target.address, f"~{target.uid.hex}", target.name):
        yield get("/chat/search", q=TEXT, room=room)
        yield Ask("get", "/chat/search", {"q": TEXT, "room": room}, HTML)
    for place in (target.pk("message"), *(f"{target.uid}.{seq}" for seq in target.seqs)):
        yield get("/chat/search", q=TEXT, before=place)
        yield Ask("get", "/chat/search", {"q": TEXT, "before": place}, HTML)
    for method in ("post", "head", "options"):
        yield Ask(method, "/chat/search", {"q": TEXT, "room": target.address})


def search_names(target: Target) -> Iterator[Ask]:
    for operator in ("from", "in", "x"):
        for q in ("", "A", "Be", target.name, target.name[:3], target.address):
            yield get("/chat/search/names", operator=operator, q=q)
        yield get("/chat/search/names", operator=operator, q="", room=target.address)


def search_day(target: Target) -> Iterator[Ask]:
    for date in ("2020-01-01", "2999-01-01", "x"):
        yield get("/chat/search/day", room=target.address, date=date)
        yield get("/chat/search/day", room=target.name, date=date)


def invite(target: Target) -> Iterator[Ask]:
    for token in (str(target.invite), target.invite.hex, f"{target.invite}:x", target.address):
        yield get(f"/invite/{token}/")
        yield post(f"/invite/{token}/")


def find_room(target: Target) -> Iterator[Ask]:
    for typed in (
        target.address,
        str(target.uid),
        target.name,
        f"#{target.name}",
        f"/chat/{target.address}/",
        f"http://testserver/chat/{target.address}/#{target.seqs[0]}",
        f"look: http://testserver/chat/{target.address}/messages",
        f"~{str(target.uid)[:13]}",
        "~",
    ):
        yield get("/rooms/find", typed=typed)


def index(target: Target) -> Iterator[Ask]:
    yield get("/")
    yield get("/chat/")
    for room in (target.address, target.name, f"http://testserver/chat/{target.address}/"):
        yield post("/", name="Otto", room=room)


def block(target: Target) -> Iterator[Ask]:
    yield post("/moderation/block", member=target.uid, seconds="3600")
    yield post("/moderation/block", member=target.client_id, seconds="3600")


def decide(target: Target) -> Iterator[Ask]:
    for act in ("delete", "block", "dismissed"):
        yield post(f"/moderation/{target.case}/decide", act=act, answer="No.")
        yield Ask("post", f"/moderation/{target.case}/decide", {"act": act}, HTML)


def note(target: Target) -> Iterator[Ask]:
    yield post(f"/moderation/{target.case}/note", text="Hm")


def lift_bans(target: Target) -> Iterator[Ask]:
    yield post("/moderation/lift", person=target.uid)
    yield post("/moderation/lift", person=target.client_id, next=f"/chat/{target.address}/")


def next_of(path: str) -> Asks:
    """A page that leads on to an address: it does not look it up."""

    def asks(target: Target) -> Iterator[Ask]:
        yield get(path, next=f"/chat/{target.address}/")
        yield post(path, next=f"/chat/{target.address}/")

    return asks


OF_ROOMS: dict[str, Asks] = {
    "index": index,
    "room": lambda it: in_room(it, ""),
    "messages": messages,
    "away": away,
    "commands": lambda it: in_room(it, "commands"),
    "qr": lambda it: in_room(it, "qr.svg"),
    "card": card,
    "files": files,
    "upload": upload,
    "file": file,
    "file_preview": lambda it: [get(f"/files/{it.file}/{size}.webp") for size in (320, 1920, 7)],
    "picture": picture,
    "settings_picture": of_room("settings/picture", remove="1"),
    "card_picture": card_picture,
    "mute": change("mute", {"muted": "true"}, {}),
    "leave": change("leave"),
    "keep": change("keep", {}, {"read": 0}, {"read": 3, "muted": "true"}),
    "star": change("star", {"starred": "true"}, {}),
    "room_settings": of_room("settings/"),
    "room_bots": of_room("settings/bots/", name="Robot", hears="all", scopes="read"),
    "room_bot": of_room("settings/bots/{uid}", act="renew"),
    "room_webhooks": of_room("settings/webhooks/", url="https://e.example/", hears="all"),
    "room_webhook": of_room("settings/webhooks/{uid}", act="test"),
    "room_log": room_log,
    "settings_people": of_room("settings/people"),
    "moderate": of_room("moderate", act="mute", seconds="60"),
    "report": of_room("report", seq="2", why="Spam"),
    "decide_case": decide,
    "note_case": note,
    "knock": of_room("knock"),
    "settings_knock": of_room("settings/knock", knock="on"),
    "settings_guest_files": of_room("settings/guest-files", allowed="on"),
    "settings_let_in": of_room("settings/let-in", answer="yes"),
    "settings_filter": of_room("settings/filter", words="tea", holds_words="on"),
    "held_approve": of_room("held/{uid}/approve"),
    "held_reject": of_room("held/{uid}/reject", why="Spam"),
    "settings_remove": of_room("settings/remove"),
    "settings_role": of_room("settings/role"),
    "settings_leave": of_room("settings/leave"),
    "settings_history": of_room("settings/history"),
    "settings_rename": of_room("settings/rename"),
    "settings_retention": of_room("settings/retention", days="3"),
    "settings_archive": of_room("settings/archive", archived="true"),
    "settings_delete": of_room("settings/delete"),
    "invites": of_room("invites"),
    "invite_revoke": of_room("invites/{uid}/revoke"),
    "invite_qr": of_room("invites/{uid}/qr.svg"),
    "invite": invite,
    "new_direct": new_direct,
    "people_search": people_search,
    "search": search,
    "search_names": search_names,
    "search_day": search_day,
    "find_room": find_room,
    "block": block,
    "lift_bans": lift_bans,
    "close_to_guests": lambda target: [post("/moderation/guests", seconds="3600")],
    "claim": next_of("/claim/"),
    "account_login": next_of("/accounts/login/"),
}

"""Every address of the installation, and how a hostile person asks there.

A new address needs a line: a function that makes requests from a Target. What takes no room is
asked as it is; the answers are compared with those of an installation without the room.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from chat.tests.leaks.targets import FILE, TEXT, TOPIC, Target
from chat.tests.web.test_doors import ACCOUNTS, CHAT, NEVER
from chat.web.pwa_worker import worker

HTML = {"accept": "text/html"}


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: str = ""  # a body instead of fields

    @property
    def body(self) -> tuple[Any, dict[str, str]]:
        """What is sent, and as what."""
        return (self.json, {"content_type": "application/json"}) if self.json else (self.fields, {})


Asks = Callable[[Target], Iterable[Ask]]


def get(path: str, **fields: Any) -> Ask:
    return Ask("get", path, fields)


def post(path: str, **fields: Any) -> Ask:
    return Ask("post", path, fields)


def in_room(target: Target, door: str, **fields: Any) -> list[Ask]:
    """A door of the room, by all spellings of its address, with each method."""
    upper = f"~{str(target.uid).upper()}"
    plain = f"~{target.uid.hex}"
    paths = [f"/chat/{it}/{door}" for it in (target.address, upper, plain, target.name)]
    asks = [Ask(method, paths[0], fields) for method in ("get", "post", "head", "options", "put")]
    asks += [Ask("get", path, fields) for path in paths[1:]]
    return [*asks, Ask("get", paths[0], fields, HTML), get(paths[0].rstrip("/"), **fields)]


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


def change(door: str, *fields: dict[str, Any]) -> Asks:
    def asks(target: Target) -> Iterator[Ask]:
        for it in fields or ({},):
            yield post(f"/chat/{target.address}/{door}", **it)
            yield Ask("post", f"/chat/{target.address}/{door}", it, HTML)
        yield get(f"/chat/{target.address}/{door}")

    return asks


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


# --- the API, with the token of who asks --------------------------------------------------------


def api(method: str, path: str, *, json: Any = None, **query: Any) -> Ask:
    if json is None:
        return Ask(method, f"/api/v1/{path}", query)
    return Ask(method, f"/api/v1/{path}", json=dumps(json))


def in_api(door: str, *methods: str, json: Any = None, **query: Any) -> Asks:
    """A door of the room in the API, by all spellings of its address."""

    def asks(target: Target) -> Iterator[Ask]:
        upper = f"~{str(target.uid).upper()}"
        for room in (target.address, upper, f"~{target.uid.hex}", target.name):
            for method in methods or ("get",):
                yield api(method, f"rooms/{room}{door}", json=json, **query)

    return asks


def api_messages(target: Target) -> Iterator[Ask]:
    first, *_ = target.seqs
    yield from in_api("/messages")(target)
    for query in ({"limit": 1}, {"before": first + 1}, {"after": 0}, {"around": first}):
        yield api("get", f"rooms/{target.address}/messages", **query)


def api_post(target: Target) -> Iterator[Ask]:
    first, *_ = target.seqs
    said = {"id": str(target.client_id), "text": TEXT}
    for json in (said, {**said, "reply_to": first}, {**said, "files": [str(target.file_id)]}):
        yield from in_api("/messages", "post", json=json)(target)


def api_message(target: Target) -> Iterator[Ask]:
    for seq in (*target.seqs, target.version, 999):
        yield from in_api(f"/messages/{seq}")(target)


def api_edit(target: Target) -> Iterator[Ask]:
    for seq in (*target.seqs, target.version, 999):
        yield from in_api(f"/messages/{seq}", "patch", json={"text": TEXT})(target)


def api_sanction(act: str, method: str, json: Any = None) -> Asks:
    def asks(target: Target) -> Iterator[Ask]:
        for person in (target.person, NEVER):
            yield from in_api(f"/members/{person}/{act}", method, json=json)(target)

    return asks


def api_search(target: Target) -> Iterator[Ask]:
    for q in (TEXT, TOPIC, FILE, f"in:{target.name}", f"in:{target.address}", "from:Ada"):
        yield api("get", "search", q=q)
    for room in (target.address, f"~{target.uid.hex}", target.name):
        yield api("get", "search", q=TEXT, room=room)
    for seq in target.seqs:
        yield api("get", "search", q=TEXT, before=f"{target.uid}.{seq}")


def api_file(target: Target) -> Iterator[Ask]:
    for uid in (target.file, target.file_id, target.picture, target.card_picture):
        yield api("get", f"files/{uid}")


def api_changes(target: Target) -> Iterator[Ask]:
    for begin in ("now", "start"):
        yield api("get", "changes", cursor="c", begin=begin)
        yield api("get", "changes", cursor=begin, begin=begin, own="true")


def _positions(target: Target) -> Any:
    return {"positions": {str(target.uid): {"epoch": str(target.client_id), "version": 1}}}


OF_API: dict[str, Asks] = {
    "api:api-root": lambda it: [api("get", "")],
    "api:me": lambda it: [api("get", "me")],
    "api:list_rooms": lambda it: [api("get", "rooms")],
    "api:get_room": in_api("", "get", "post", "delete"),
    "api:list_messages": api_messages,
    "api:get_message": api_message,
    "api:post_message": api_post,
    "api:edit_message": api_edit,
    "api:delete_message": in_api("/messages/2", "delete"),
    "api:add_reaction": in_api("/messages/2/reactions/👍", "put"),
    "api:remove_reaction": in_api("/messages/2/reactions/👍", "delete"),
    "api:list_files": in_api("/files"),
    "api:send_file": in_api("/files", "post", id=str(NEVER)),
    "api:fetch_file": api_file,
    "api:list_members": in_api("/members"),
    "api:get_presence": in_api("/presence"),
    "api:mute_person": api_sanction("mute", "post", json={"seconds": 60}),
    "api:unmute_person": api_sanction("mute", "delete"),
    "api:ban_person": api_sanction("ban", "post", json={"seconds": 60}),
    "api:unban_person": api_sanction("ban", "delete"),
    "api:search": api_search,
    "api:get_changes": api_changes,
    "api:ack_changes": lambda it: [api("post", "changes/c/ack", json=_positions(it))],
    "api:forget_cursor": lambda it: [api("delete", "changes/c")],
    "api:list_commands": lambda it: [api("get", "commands")],
    "api:set_commands": lambda it: [api("put", "commands", json=[])],
    "api:get_subscription": in_api("/subscription"),
    "api:change_subscription": in_api("/subscription", "patch", json={"read": 3, "muted": True}),
    "api_docs": lambda it: [get("/api/v1/docs")],
    "api_openapi": lambda it: [get("/api/v1/openapi.json")],
    "hook": lambda it: [
        ask
        for secret in (NEVER, it.uid, f"lobby_{it.uid.hex}", "lobby_")
        for ask in (
            get(f"/hooks/{secret}"),
            Ask("post", f"/hooks/{secret}", json=dumps({"text": TEXT})),
        )
    ],
}


# --- addresses that name no room ----------------------------------------------------------------


def as_is(address: str) -> Asks:
    method, _, path = address.rpartition(" ")

    def asks(target: Target) -> Iterator[Ask]:
        known = {"version": worker().version, "otto": target.person}
        yield Ask((method or "get").lower(), path.format(**known))

    return asks


WITHOUT_ROOM: dict[str, Asks] = {
    **{name: as_is(address) for name, (address, _) in (CHAT | ACCOUNTS).items()},
    "setup": as_is("/setup/never/"),
    "set_language": lambda it: [post("/i18n/setlang/", language="de", next="/")],
}
for name in OF_ROOMS.keys() & WITHOUT_ROOM.keys():
    del WITHOUT_ROOM[name]
# Not compared. The archive is of one person, and made by other threads: leaks/test_accounts.py. A
# link for another device is made by chance: web/test_devices.py. Operators read what was done in
# all rooms, without their names: web/test_moderation_log.py. An installation's key for pushes is
# made by chance: web/test_pushes.py.
ELSEWHERE = {"account_data_download", "device", "moderation_log", "push_key"}


# --- the admin ----------------------------------------------------------------------------------


def admin_doors() -> dict[str, Asks]:
    doors: dict[str, Asks] = {
        "admin:index": as_is("/admin/"),
        "admin:login": as_is("/admin/login/"),
        "admin:logout": as_is("/admin/logout/"),
        "admin:password_change": as_is("/admin/password_change/"),
        "admin:password_change_done": as_is("/admin/password_change/done/"),
        "admin:jsi18n": as_is("/admin/jsi18n/"),
        "admin:app_list": as_is("/admin/chat/"),
        "admin:autocomplete": autocomplete,
        "admin:view_on_site": view_on_site,
        "admin:auth_user_password_change": lambda it: [
            get(f"/admin/accounts/user/{it.pk('user')}/password/")
        ],
        "admin:chat_room_private": lambda it: [get("/admin/chat/room/private/")],  # test_admin.py
    }
    for model in admin.site._registry:
        doors |= model_doors(model._meta.app_label, str(model._meta.model_name))
    return doors


def model_doors(app: str, model: str) -> dict[str, Asks]:
    base = f"/admin/{app}/{model}/"

    def of_row(door: str) -> Asks:
        return lambda it: [
            get(f"{base}{it.pk(model)}/{door}"),
            post(f"{base}{it.pk(model)}/{door}"),
        ]

    views: dict[str, Asks] = {
        "changelist": lambda it: changelist(base, model, it),
        "add": lambda it: [get(f"{base}add/", room=it.pk("room")), post(f"{base}add/")],
        **{view: of_row(f"{view}/") for view in ("history", "delete", "change")},
    }
    return {f"admin:{app}_{model}_{view}": asks for view, asks in views.items()}


def changelist(base: str, model: str, target: Target) -> Iterator[Ask]:
    yield get(base)
    for q in (target.name, TOPIC, TEXT, str(target.uid), target.address):
        yield get(base, q=q)
    for lookup, it in lookups(target):
        yield get(base, **{lookup: it})
    rows = {"_selected_action": target.pk(model), "answer": "yes", "select_across": "0"}
    for action in ("remove", "ban", "lift", "lift_bans", "remove_unsent", "delete_selected"):
        yield post(base, action=action, **rows)


def lookups(target: Target) -> Iterator[tuple[str, Any]]:
    """By rows that refer to what is listed, and by fields of other tables."""
    for relation in ("room", "message", "subscription", "membership", "author", "member"):
        yield relation, target.pk(relation)
        yield f"{relation}__id__exact", target.pk(relation)
        yield f"{relation}__isnull", "False"
        yield f"{relation}__room__name__startswith", target.name[:1]
    for relation in ("mention", "reaction", "added_memberships", "revocation", "membership__role"):
        yield relation, "1"
    yield "room__name", target.name
    yield "kind", "members"
    yield "key", target.address


def autocomplete(target: Target) -> Iterator[Ask]:
    fields = [("message", "room"), ("subscription", "room"), ("membership", "room")]
    fields += [("membership", "member"), ("revocation", "room"), ("mention", "message")]
    for model, name in fields:
        names = {"app_label": "chat", "model_name": model, "field_name": name}
        for term in ("", target.name, TEXT):
            yield get("/admin/autocomplete/", term=term, **names)


def view_on_site(target: Target) -> Iterator[Ask]:
    from django.contrib.contenttypes.models import ContentType

    for model in ("room", "message", "membership", "subscription"):
        kind = ContentType.objects.get(app_label="chat", model=model)
        yield get(f"/admin/r/{kind.pk}/{target.pk(model)}/")


# --- all of them --------------------------------------------------------------------------------


def all_names() -> set[str]:
    """The names of all addresses."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: Iterable[Any], namespace: str) -> Iterator[str]:
    for it in patterns:
        if isinstance(it, URLResolver):
            inner = f"{namespace}{it.namespace}:" if it.namespace else namespace
            yield from _names(it.url_patterns, inner)
        elif isinstance(it, URLPattern) and it.name:
            yield f"{namespace}{it.name}"


DOORS: dict[str, Asks] = {**WITHOUT_ROOM, **admin_doors(), **OF_API, **OF_ROOMS}

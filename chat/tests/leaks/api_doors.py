"""The API, with the token of who asks."""

from collections.abc import Iterator
from json import dumps
from typing import Any

from chat.tests.leaks.asks import Ask, Asks, get
from chat.tests.leaks.targets import FILE, TEXT, TOPIC, Target
from chat.tests.web.test_doors import NEVER


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

"""Requests, and functions that make them from a Target."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.tests.leaks.targets import Target
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


def change(door: str, *fields: dict[str, Any]) -> Asks:
    def asks(target: Target) -> Iterator[Ask]:
        for it in fields or ({},):
            yield post(f"/chat/{target.address}/{door}", **it)
            yield Ask("post", f"/chat/{target.address}/{door}", it, HTML)
        yield get(f"/chat/{target.address}/{door}")

    return asks


def as_is(address: str) -> Asks:
    method, _, path = address.rpartition(" ")

    def asks(target: Target) -> Iterator[Ask]:
        known = {"version": worker().version, "otto": target.person}
        yield Ask((method or "get").lower(), path.format(**known))

    return asks

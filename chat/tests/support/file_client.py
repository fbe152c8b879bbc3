"""A program that sends and gets files over HTTP, written from docs/protocol.md alone."""

import asyncio
import json
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from chat.tests.support.clients import TIMEOUT_SECONDS, Person
from chat.tests.support.multipart import CONTENT_TYPE, field, file, form_body
from chat.tests.support.servers import Server

TOKEN = "x" * 32


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The code of the error."""
        return str(self.json["error"]["code"])


class FileClient:
    """A person's requests to one server, each on a connection of its own."""

    def __init__(self, server: Server, person: Person, room: str) -> None:
        self.server, self.person = server, person
        self.address = f"/chat/{quote(room)}/files"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request. In names of headers, `_` stands for `-`."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT_SECONDS)
        with closing(connection):
            connection.request(method, path, body or None, self.headers(**headers))
            return self._read(connection.getresponse())

    def headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        cookies = f"{self.person.cookie}; csrftoken={TOKEN}"
        return {"Cookie": cookies, "X-CSRFToken": TOKEN, **named}

    @staticmethod
    def _read(response: HTTPResponse) -> Answer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())

    def send(self, content: bytes, name: str = "a.txt", **fields: str) -> Answer:
        """Send a file in a form."""
        values = {"id": str(uuid4()), **fields}
        parts = [field(it.encode(), value.encode()) for it, value in values.items()]
        body = form_body(*parts, file(content, name.encode()))
        return self.ask("POST", self.address, body, Content_Type=CONTENT_TYPE.decode())

    def begin(self, size: int, name: str = "a.txt", id: str | None = None) -> Answer:
        """Begin an upload in parts."""
        pairs = {"id": id or str(uuid4()), "filename": name}
        metadata = ",".join(f"{it} {b64encode(v.encode()).decode()}" for it, v in pairs.items())
        return self.ask(
            "POST",
            self.address,
            Upload_Length=str(size),
            Upload_Metadata=metadata,
            Tus_Resumable="1.0.0",
        )

    def add_part(self, location: str, offset: int, part: bytes) -> Answer:
        type = "application/offset+octet-stream"
        headers = {"Content_Type": type, "Upload_Offset": str(offset)}
        return self.ask("PATCH", location, part, **headers, Tus_Resumable="1.0.0")

    def offset(self, location: str) -> int | None:
        """How far an upload has come; None where there is none."""
        answer = self.ask("HEAD", location, Tus_Resumable="1.0.0")
        return int(answer.headers["upload-offset"]) if answer.status == 200 else None

    async def in_thread(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(getattr(self, method), *args, **kwargs)

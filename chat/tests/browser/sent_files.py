"""Files that the person of a page sends, without the page: as another program of theirs would."""

import io
import json
import struct
import wave
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Page
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from chat.tests.support.clients import TIMEOUT_SECONDS

TONE_HERTZ = 8_000  # samples


@dataclass(frozen=True)
class Sent:
    name: str
    type: str
    content: bytes
    alt: str = ""


def picture(
    width: int = 640, height: int = 480, colour: str = "teal", name: str = "a.png", alt: str = ""
) -> Sent:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(drawn, "PNG")
    return Sent(name, "image/png", drawn.getvalue(), alt)


def animation(name: str = "a.gif", alt: str = "", width: int = 480, height: int = 360) -> Sent:
    drawn = io.BytesIO()
    frames = [Image.new("RGB", (width, height), colour) for colour in ("crimson", "navy")]
    frames[0].save(drawn, "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0)
    return Sent(name, "image/gif", drawn.getvalue(), alt)


def sound(seconds: int, name: str = "a.wav") -> Sent:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, TONE_HERTZ, 0, "NONE", ""))
        period = struct.pack("<8h", 0, 7000, 9000, 7000, 0, -7000, -9000, -7000)
        file.writeframes(period * (TONE_HERTZ * seconds // 8))
    return Sent(name, "audio/wav", written.getvalue())


def text(words: str, name: str = "a.txt") -> Sent:
    return Sent(name, "text/plain", words.encode())


def post_files(page: Page, room: str, *files: Sent, text: str = "", **fields: Any) -> int:
    """Send a message with files as the person of a page. Returns its seq, once it is stored."""
    ids = [_upload(page, room, file) for file in files]
    host = page.url.partition("//")[2].partition("/")[0]
    cookies = "; ".join(f"{it['name']}={it['value']}" for it in page.context.cookies())
    send = {"type": "message.send", "id": str(uuid4()), "text": text, "files": ids, **fields}
    with connect(
        f"ws://{host}/ws/chat/{quote(room)}/",
        subprotocols=[Subprotocol("chat.v1")],
        additional_headers={"Cookie": cookies},
    ) as socket:
        socket.send(json.dumps(send))
        while True:
            for event in json.loads(socket.recv(timeout=TIMEOUT_SECONDS)):
                assert event["type"] != "error", event
                if event["type"] == "message" and event["id"] == send["id"]:
                    return int(event["seq"])


def _upload(page: Page, room: str, file: Sent) -> str:
    """Returns the file's id."""
    id = str(uuid4())
    token = next(it["value"] for it in page.context.cookies() if it["name"] == "csrftoken")
    content = {"name": file.name, "mimeType": file.type, "buffer": file.content}
    origin = "/".join(page.url.split("/")[:3])
    answer = page.request.post(
        f"{origin}/chat/{quote(room)}/files",
        headers={"X-CSRFToken": token, "Origin": origin},
        multipart={"id": id, "alt": file.alt, "file": content},  # type: ignore[dict-item]
    )
    assert answer.status == 201, answer.text()
    return id

"""Files on real servers: sent at once and in parts, in messages, and got by who may."""

import asyncio
import io
import json
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from websockets.asyncio.client import connect

from chat.tests.support.clients import TIMEOUT_SECONDS, Person
from chat.tests.support.file_client import FileClient
from chat.tests.support.raw_http import POLL_SECONDS
from chat.tests.support.servers import Server

CONTENT = bytes(range(256)) * 4_096  # a megabyte


@pytest.fixture
def server(shared_server: Server) -> Server:
    return shared_server


@pytest.fixture
def alice(server: Server) -> Person:
    return Person(server, "Alice")


@pytest.fixture
def client(server: Server, alice: Person, room: str) -> FileClient:
    return FileClient(server, alice, room)


@pytest.fixture
def location(client: FileClient) -> str:
    """Of an upload in parts of CONTENT."""
    begun = client.begin(len(CONTENT), "a.bin")
    assert begun.status == 201, begun
    assert begun.headers["upload-offset"] == "0"
    return begun.headers["location"]


def jpeg(width: int = 640, height: int = 480) -> bytes:
    saved = io.BytesIO()
    Image.effect_noise((width, height), 50).convert("RGB").save(saved, "JPEG", comment=b"SECRET")
    return saved.getvalue()


async def test_a_picture_goes_from_one_person_to_another(
    server: Server, alice: Person, client: FileClient, room: str
) -> None:
    bob = Person(server, "Bob")
    async with alice.at(server, room) as of_alice, bob.at(server, room) as of_bob:
        sent = (await client.in_thread("send", jpeg(), "cat.jpg", alt="a cat")).json
        said = await of_alice.say("look", files=[sent["id"]])
        await of_bob.until(lambda: said in of_bob.messages)
    assert said["files"] == [sent]
    assert (sent["type"], sent["width"], sent["height"]) == ("image/jpeg", 640, 480)
    got = FileClient(server, bob, room).ask("GET", sent["url"])
    assert (got.status, got.headers["content-type"]) == (200, "image/jpeg")
    assert len(got.body) == sent["size"]
    assert b"SECRET" not in got.body
    base = sent["url"].rpartition("/")[0]
    await preview_is_there(client, f"{base}/320.webp")
    assert Image.open(io.BytesIO(client.ask("GET", f"{base}/320.webp").body)).size == (320, 240)


async def preview_is_there(client: FileClient, path: str) -> None:
    """A job makes it, after the answer."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while client.ask("HEAD", path).headers["content-type"] != "image/webp":  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def test_a_part_of_a_file_is_got(client: FileClient) -> None:
    url = client.send(CONTENT, "a.bin").json["url"]
    got = client.ask("GET", url, Range="bytes=255-257")
    assert (got.status, got.body) == (206, b"\xff\x00\x01")
    assert client.ask("GET", url, If_None_Match=got.headers["etag"]).status == 304


def test_a_file_comes_in_parts(client: FileClient, location: str) -> None:
    first = client.add_part(location, 0, CONTENT[:300_000])
    assert (first.status, first.headers["upload-offset"]) == (204, "300000")
    assert client.offset(location) == 300_000
    assert client.ask("GET", location).status == 404
    last = client.add_part(location, 300_000, CONTENT[300_000:])
    assert (last.status, client.offset(location)) == (204, len(CONTENT))
    whole = client.ask("GET", location).json
    assert client.ask("GET", whole["url"]).body == CONTENT


def test_a_part_that_does_not_follow_is_refused(client: FileClient, location: str) -> None:
    client.add_part(location, 0, CONTENT[:10])
    for offset in (0, 5, 11):
        again = client.add_part(location, offset, CONTENT[:10])
        assert (again.status, again.error) == (409, "wrong_offset")
    assert client.offset(location) == 10


def test_many_requests_at_once_for_one_upload_are_one_upload(
    server: Server, client: FileClient
) -> None:
    """They cost the log no line but those for 4xx, which are few."""
    id, size, log = str(uuid4()), 10, len(server.log)
    address = f"{client.address}/{id}"
    with ThreadPoolExecutor(12) as pool:
        begun = [pool.submit(client.begin, size, id=id) for _ in range(12)]
        assert {it.result().status for it in begun} <= {201, 423}
        parts = [
            pool.submit(client.add_part, address, 0, bytes([number]) * size) for number in range(12)
        ]
        assert {it.result().status for it in parts} <= {204, 409, 423}
        sent = [pool.submit(client.send, bytes([number]) * size, id=id) for number in range(12)]
        assert {it.result().status for it in sent} == {201}
    url = client.ask("GET", address).json["url"]
    body = client.ask("GET", url).body
    assert body == body[:1] * size
    assert "ERROR" not in server.log[log:]


def test_what_arrived_before_a_connection_broke_counts(
    server: Server, client: FileClient, location: str
) -> None:
    headers = {
        **client.headers(),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(CONTENT)),
        "Upload-Offset": "0",
        "Host": "localhost",
    }
    lines = [f"PATCH {location} HTTP/1.1", *(f"{it}: {value}" for it, value in headers.items())]
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + CONTENT[:700_000])
    offset = until_it_came(client, location)
    assert client.add_part(location, offset, CONTENT[offset:]).status == 204
    assert client.ask("GET", client.ask("GET", location).json["url"]).body == CONTENT


def until_it_came(client: FileClient, location: str) -> int:
    for _ in range(3_000):
        if offset := client.offset(location):
            return offset
    raise TimeoutError


def test_more_than_was_announced_ends_an_upload(client: FileClient, location: str) -> None:
    too_much = client.add_part(location, 0, CONTENT + b"!")
    assert (too_much.status, too_much.error) == (413, "too_large")
    assert client.offset(location) is None


def test_a_bad_picture_in_parts_is_refused_at_its_end(client: FileClient) -> None:
    bad = jpeg()[:2_000]
    location = client.begin(len(bad), "cat.jpg").headers["location"]
    refused = client.add_part(location, 0, bad)
    assert (refused.status, refused.error) == (422, "bad_picture")
    assert client.offset(location) is None


def test_an_upload_is_ended(client: FileClient, location: str) -> None:
    client.add_part(location, 0, CONTENT[:10])
    assert client.ask("DELETE", location).status == 204
    assert client.offset(location) is None


def test_uploads_of_others_are_not_there(server: Server, location: str, room: str) -> None:
    bob = FileClient(server, Person(server, "Bob"), room)
    assert bob.offset(location) is None
    assert bob.add_part(location, 0, b"x").status == 404
    assert bob.ask("DELETE", location).status == 404


def test_a_resend_goes_on(client: FileClient) -> None:
    id = str(uuid4())
    location = client.begin(10, id=id).headers["location"]
    client.add_part(location, 0, b"12345")
    again = client.begin(10, id=id)
    assert (again.headers["location"], again.headers["upload-offset"]) == (location, "5")


def test_what_a_server_takes_is_told(client: FileClient, location: str) -> None:
    options = client.ask("OPTIONS", location)
    assert options.headers["tus-version"] == "1.0.0"
    assert options.headers["tus-extension"] == "creation,termination"


def test_rights_and_bounds_are_told_before_the_body(
    server: Server, client: FileClient, room: str
) -> None:
    """The body never comes, and the answer does."""
    for path, length, status in (
        (client.address, 9 * 2**20, 413),
        (f"/chat/~{uuid4()}/files", 1_000, 404),
    ):
        headers = {
            **client.headers(),
            "Host": "localhost",
            "Content-Length": str(length),
            "Content-Type": "multipart/form-data; boundary=b",
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{it}: {value}" for it, value in headers.items())]
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            assert line.recv(1_000).split(b" ")[1] == str(status).encode()


def test_who_goes_with_the_refusal_costs_the_log_no_traceback(
    server: Server, client: FileClient
) -> None:
    """`no_traceback` looks into it."""
    headers = {**client.headers(), "Host": "localhost", "Content-Length": str(9 * 2**20)}
    lines = [f"POST {client.address} HTTP/1.1", *(f"{it}: {v}" for it, v in headers.items())]
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # resets
            line.sendall("\r\n".join([*lines, "", ""]).encode())
            assert line.recv(1) == b"H"
    assert client.ask("GET", "/livez").status == 200


async def test_a_plain_client_sees_a_line_with_the_address(
    server: Server, alice: Person, client: FileClient, room: str
) -> None:
    sent = (await client.in_thread("send", b"hello", "a b.txt")).json
    async with connect(server.socket_url(room)) as plain, alice.at(server, room) as of_alice:
        await of_alice.say("look", files=[sent["id"]])
        frame = json.loads(await plain.recv())
    host, _, path = frame["message"].partition("\n")[2].partition("/files/")
    assert host == f"http://127.0.0.1:{server.port}"
    assert client.ask("GET", f"/files/{path}").body == b"hello"


async def test_nothing_is_left_of_what_is_refused(server: Server, client: FileClient) -> None:
    """It goes right after the answer."""
    client.send(b"", "empty")
    client.send(jpeg()[:100], "cat.jpg")
    uploads = Path(server.data_dir) / "uploads"
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while any(uploads.iterdir()):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


@pytest.fixture(autouse=True)
def no_traceback(server: Server) -> Iterator[None]:
    yield
    assert "Traceback" not in server.log

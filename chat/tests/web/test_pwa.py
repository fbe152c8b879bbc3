"""The installable app: manifest, service worker and offline page."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import storage
from django.test import Client
from pytest_django.fixtures import Settings

from chat.web import pwa_worker

pytestmark = pytest.mark.django_db
PLAIN_STORAGE = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


@pytest.fixture
def under_debug(settings: Settings) -> None:
    """Static files without hashes in their names, as under DEBUG."""
    settings.STORAGES = PLAIN_STORAGE


def manifest(client: Client, **headers: str) -> dict[str, Any]:
    content: dict[str, Any] = client.get("/manifest.webmanifest", headers=headers).json()
    return content


def worker_content(client: Client) -> dict[str, Any]:
    """What the service worker caches: version, files and offline page."""
    script = client.get("/service-worker.js").content.decode()
    found = re.search(r"^const deploy = ({.*?^});", script, re.DOTALL | re.MULTILINE)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def size(png: bytes) -> str:
    """Width and height in the header (PNG, 11.2.1)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return "x".join(map(str, struct.unpack(">II", png[16:24])))


def stored(address: str) -> bytes:
    root = Path(settings.STATIC_ROOT)
    return (root / address.removeprefix(settings.STATIC_URL)).read_bytes()


def test_the_manifest_has_what_browsers_require_to_install_an_app(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    content = answer.json()
    assert content["start_url"] == content["scope"] == content["id"] == "/"
    assert content["display"] == "standalone"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in content["icons"]}
    assert sizes > {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_icons_have_the_sizes_in_the_manifest(client: Client) -> None:
    images = [icon for icon in manifest(client)["icons"] if icon["src"].endswith(".png")]
    assert len(images) == 3
    for icon in images:
        assert size(stored(icon["src"])) == icon["sizes"]
    assert (
        size(stored(storage.staticfiles_storage.url("chat/icons/apple-touch-icon.png")))
        == "180x180"
    )


def test_the_manifest_is_in_the_language_of_the_request(client: Client) -> None:
    english, german = manifest(client), manifest(client, accept_language="de")
    assert (english["lang"], german["lang"]) == ("en", "de")
    assert english["description"] != german["description"]


@pytest.mark.parametrize("address", ["/", "/chat/lobby/", "/chat/a/b/"])
def test_every_page_links_the_manifest_and_has_its_theme_colour(
    client: Client, address: str
) -> None:
    page = client.get(address).content.decode()
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert f'name="theme-color" content="{manifest(client)["theme_color"]}"' in page


def test_the_service_worker_is_at_the_root_and_revalidated(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    again = client.get("/service-worker.js", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_every_file_the_service_worker_caches_exists(client: Client) -> None:
    content = worker_content(client)
    names = {re.sub(r"\.[0-9a-f]{12}\.", ".", address) for address in content["files"]}
    assert names > {"/static/chat/js/room.js", "/static/chat/css/pages/room.css"}
    for address in [*content["files"], *content["catalogs"].values(), content["offline"]]:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_file_of_the_offline_page_is_cached(client: Client, language: str) -> None:
    content = worker_content(client)
    answer = client.get(content["offline"], headers={"accept-language": language})
    needed = re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.content.decode())
    assert len(needed) > 4
    catalogs = {content["catalogs"].get(answer["Content-Language"])}
    assert set(needed) <= {*content["files"], *catalogs}


def test_the_offline_page_of_another_version_is_not_found(client: Client) -> None:
    assert client.get("/offline/another/").status_code == 404


@pytest.mark.parametrize("name", ["chat/css/pages/room.css", "catalogs/de/djangojs.js"])
def test_a_changed_file_changes_the_service_worker(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = pwa_worker.worker()
    assert pwa_worker.worker() == before
    files: Any = storage.staticfiles_storage
    path, _, suffix = name.rpartition(".")
    monkeypatch.setitem(files.hashed_files, name, f"{path}.0123456789ab.{suffix}")
    assert pwa_worker.worker().version != before.version
    assert pwa_worker.worker().script != before.script


@pytest.mark.usefixtures("under_debug")
def test_the_service_worker_caches_nothing_under_debug(client: Client) -> None:
    content = worker_content(client)
    cached = {it: content[it] for it in ("version", "files", "catalogs", "offline")}
    assert cached == {"version": "", "files": [], "catalogs": {}, "offline": ""}


def test_the_service_worker_knows_what_to_say_of_a_push_that_it_cannot_read(
    client: Client,
) -> None:
    said = worker_content(client)["somethingNew"]
    assert said == {"en": "Something new for you", "de": "Etwas Neues für dich"}


@pytest.mark.parametrize("directive", ["manifest-src 'self'", "worker-src 'self'"])
def test_the_content_security_policy_allows_manifest_and_worker(
    client: Client, directive: str
) -> None:
    assert directive in client.get("/")["Content-Security-Policy"]

"""The language of pages, of their JavaScript, and of refusals on sockets."""

import gettext
import os
import re
import shutil
from http import HTTPStatus
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from chat.formatting.emoji import names_json
from chat.models import Member, Room
from chat.protocol import Translatable
from chat.sockets.languages import translate
from chat.tests.support.sockets import Socket, joined
from mysite.assets.storage import ModuleStaticFilesStorage
from mysite.servers import startup

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
KLINGON = {"Accept-Language": "tlh"}
SCRIPT = re.compile(r'<script defer src="(/static/catalogs/[^"]+)">')


def page(client: Client, address: str = "/", headers: dict[str, str] | None = None) -> str:
    return client.get(address, headers=headers or {}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("tag", ["*", '"etag"'])
def test_there_are_emoji_names_in_the_languages_of_the_pages_only(client: Client, tag: str) -> None:
    assert client.get("/emoji/de.json").status_code == HTTPStatus.OK
    answer = client.get("/emoji/xx.json", headers={"If-None-Match": tag})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert names_json("xx") is names_json("xy")  # nothing is kept for what a client sends


@pytest.mark.django_db
class TestPages:
    def test_a_german_browser_gets_german(self, client: Client) -> None:
        index = page(client, headers=GERMAN)
        assert '<html lang="de" dir="ltr">' in index
        assert "Dein Name" in index

    @pytest.mark.parametrize("headers", [{}, KLINGON, {"Accept-Language": "en-GB, de;q=0.5"}])
    def test_other_browsers_get_english(self, client: Client, headers: dict[str, str]) -> None:
        index = page(client, headers=headers)
        assert '<html lang="en" dir="ltr">' in index
        assert "Your name" in index

    @pytest.mark.parametrize("address", ["/", "/chat/tea/", "/nothing/", "/chat/tea/messages"])
    def test_a_page_varies_by_language_and_cookie(self, client: Client, address: str) -> None:
        answer = client.get(address, headers=GERMAN)
        assert answer["Content-Language"] == "de"
        assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))

    def test_a_public_response_does_not_vary_by_language(self, client: Client) -> None:
        answer = client.get("/emoji.json", headers=GERMAN)
        assert "Content-Language" not in answer
        assert "Language" not in answer.get("Vary", "")

    def test_the_chosen_language_is_kept(self, client: Client) -> None:
        answer = client.post(
            "/i18n/setlang/", {"language": "en", "next": "/chat/tea/"}, headers=GERMAN
        )
        assert answer["Location"] == "/chat/tea/"
        assert '<html lang="en"' in page(client, headers=GERMAN)

    def test_choosing_a_language_does_not_redirect_to_another_site(self, client: Client) -> None:
        answer = client.post("/i18n/setlang/", {"language": "de", "next": "https://evil.example/"})
        assert answer["Location"] == "/"

    def test_each_language_is_offered_by_its_own_name(self, client: Client) -> None:
        index = page(client, headers=GERMAN)
        assert re.search(r'value="en" lang="en"[^>]*>English<', index)
        assert re.search(r'value="de" lang="de"[^>]*aria-current="true">Deutsch<', index)

    def test_errors_are_in_german(self, client: Client) -> None:
        assert "Seite nicht gefunden" in page(client, "/nothing/", GERMAN)
        assert "Ein Raumname kann 1 bis 64 Zeichen haben" in page(client, "/chat/-%0A/", GERMAN)
        refused = client.post("/", {"name": "\u200b", "room": "."}, headers=GERMAN).content.decode()
        assert "Ein Name braucht mindestens ein sichtbares Zeichen." in refused
        assert "Ein Raumname kann 1 bis 64 Zeichen haben" in refused
        renamed = client.post("/name/", {"name": "\u200b"}, headers=GERMAN).json()
        assert renamed["errors"]["name"] == ["Ein Name braucht mindestens ein sichtbares Zeichen."]


@pytest.mark.django_db
class TestTheCatalog:
    """The translations of a room's JavaScript: a static file, but for English."""

    def test_english_needs_none(self, client: Client) -> None:
        assert not SCRIPT.search(page(client, "/chat/tea/"))
        assert collected_catalogs() == {"catalogs/de/djangojs.js"}

    def test_german_is_there_before_the_modules_that_speak_it(self, client: Client) -> None:
        room = page(client, "/chat/tea/", GERMAN)
        found = SCRIPT.search(room)
        assert found
        assert found.start() < room.index('type="module"')

    def test_it_is_cached_for_ever_as_its_address_changes_with_it(self, client: Client) -> None:
        found = SCRIPT.search(page(client, "/chat/tea/", GERMAN))
        assert found
        answer = client.get(found[1])
        assert answer["Content-Type"] == 'text/javascript; charset="utf-8"'
        assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer["Vary"] == "Accept-Encoding"
        assert "Zur\\u00fcck zum Neuesten" in b"".join(answer).decode()

    @pytest.mark.parametrize("code", ["en", "fr", "de-at", "DE"])
    def test_there_is_none_of_other_languages(self, client: Client, code: str) -> None:
        assert client.get(f"/static/catalogs/{code}/djangojs.js").status_code == 404


def collected_catalogs() -> set[str]:
    storage = storages["staticfiles"]
    assert isinstance(storage, ModuleStaticFilesStorage)
    return {name for name in storage.hashed_files if name.startswith("catalogs/")}


class TestTheStart:
    """The start compiles and collects the catalogs, and anew when a translation has changed."""

    @pytest.fixture
    def german(self, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The German .mo file of an app that a test may change."""
        app = apps.get_app_config("chat")
        shutil.copytree(Path(app.path, "locale"), tmp_path / "chat" / "locale")
        monkeypatch.setattr(app, "path", str(tmp_path / "chat"))
        monkeypatch.setattr(gettext, "_translations", {})  # caches catalogs for a process's life
        settings.STATIC_ROOT = tmp_path / "static"
        settings.STATICI18N_ROOT = tmp_path / "catalogs"
        settings.STATICFILES_DIRS = [settings.STATICI18N_ROOT]
        settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
        return tmp_path / "chat" / "locale" / "de" / "LC_MESSAGES" / "djangojs.mo"

    def test_a_changed_translation_is_collected_and_the_older_file_stays_for_open_pages(
        self, german: Path, settings: Settings
    ) -> None:
        startup.prepare_static_files()
        startup.prepare_static_files()
        [before] = self.collected(settings)
        assert b"Neuesten" in before.read_bytes()
        german.write_bytes(german.read_bytes().replace(b"Neuesten", b"Juengste"))
        gettext._translations.clear()  # type: ignore[attr-defined]
        startup.prepare_static_files()
        [after] = self.collected(settings) - {before}
        assert b"Juengste" in after.read_bytes()
        assert before.exists()

    def test_nothing_is_compiled_where_nothing_has_changed(
        self, german: Path, settings: Settings
    ) -> None:
        startup.prepare_static_files()
        stamp = Path(settings.STATIC_ROOT, ".fingerprint").read_text()
        assert startup.static_fingerprint() == stamp
        os.utime(german)
        assert startup.static_fingerprint() != stamp

    def test_compiling_leaves_the_language_of_the_process_alone(self, german: Path) -> None:
        with translation.override("de"):
            startup.compile_catalogs()
            assert translation.get_language() == "de"

    def collected(self, settings: Settings) -> set[Path]:
        return set(Path(settings.STATIC_ROOT, "catalogs", "de").glob("djangojs.*.js"))


class TestSockets:
    @pytest.mark.parametrize(
        ("headers", "detail"),
        [
            ((), "A message cannot be empty."),
            (((b"accept-language", b"de-CH"),), "Eine Nachricht darf nicht leer sein."),
            (((b"cookie", b"django_language=de"),), "Eine Nachricht darf nicht leer sein."),
            (
                ((b"accept-language", b"de"), (b"cookie", b"django_language=en")),
                "A message cannot be empty.",
            ),
            (((b"accept-language", b"\xff;q=x"),), "A message cannot be empty."),
        ],
    )
    async def test_a_refusal_is_in_the_language_of_the_connection(
        self, lobby: Room, headers: tuple[tuple[bytes, bytes], ...], detail: str
    ) -> None:
        async with joined("lobby", headers=headers) as socket:
            await socket.event()
            await socket.post("  ")
            assert await refusal(socket) == ("bad_text", detail)

    async def test_two_connections_get_refusals_in_two_languages(
        self, lobby: Room, alice: Member, bob: Member
    ) -> None:
        german = ((b"accept-language", b"de"),)
        async with joined("lobby", alice, headers=german) as hers, joined("lobby", bob) as his:
            for socket in (hers, his):
                await socket.event()
                await socket.send_json_to({"type": "message.delete", "seq": 7, "id": "x"})
            assert await refusal(hers) == (
                "no_such_message",
                "Diese Nachricht gibt es in diesem Raum nicht.",
            )
            assert await refusal(his) == (
                "no_such_message",
                "There is no such message in this room.",
            )


async def refusal(socket: Socket) -> tuple[str, str]:
    event = await socket.event()
    return event["code"], event["detail"]


def test_numbers_in_a_refusal_are_formatted_for_the_language() -> None:
    sentence = Translatable(
        "At most %(amount)s in %(seconds)s seconds. Try again in %(wait)s %(unit)s.",
        amount=20,
        seconds=10,
        wait=1.5,
        unit="s",
    )
    assert translate(sentence, "en") == str(sentence)
    assert translate(sentence, "de").endswith("Versuch es in 1,5 s noch einmal.")

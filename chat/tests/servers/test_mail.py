"""Mail goes to the mail server that EMAIL_URL names."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from accounts.tests.conftest import PASSWORD
from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.mail_server import mail_server
from chat.tests.support.servers import serving

ADDRESS = "alice@example.com"


class Browser:
    """Fills in the forms of pages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(self._cookies)

    def submit(self, path: str, **fields: str) -> str:
        """The page that follows. `path` may lead on to the page with the form."""
        with self._opener.open(urllib.parse.urljoin(self._url, path)) as answer:
            address, page = answer.url, answer.read().decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
        form = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        return str(self._opener.open(address, form).read().decode())


@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_a_forgotten_password_is_reset_by_mail(kind: str, tmp_path: Path) -> None:
    with mail_server() as mails, serving(kind, tmp_path, EMAIL_URL=mails.url) as server:
        fields = {"username": "Alice", "email": ADDRESS, "password1": "a forgotten one"}
        Browser(server.url).submit("/accounts/signup/", **fields)
        assert mails.mails.get(timeout=TIMEOUT_SECONDS)["To"] == ADDRESS  # asks to confirm it
        stranger = Browser(server.url)
        stranger.submit("/accounts/password/reset/", email=ADDRESS)
        mail = mails.mails.get(timeout=TIMEOUT_SECONDS)
        text = str(mail.get_payload())
        [link] = re.findall(rf"{server.url}/accounts/password/reset/key/\S+", text)
        stranger.submit(link, password1=PASSWORD)
        page = stranger.submit("/accounts/login/", login="alice", password=PASSWORD)
        assert "Alice" in page
        assert mails.mails.empty()

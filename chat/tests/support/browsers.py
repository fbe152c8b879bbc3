"""Browsers as programs see them: cookies and forms, without pages."""

from http.cookiejar import CookieJar
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    Request,
    build_opener,
)

from chat.tests.support.servers import Server

PASSWORD = "correct horse battery staple"


class Answer(NamedTuple):
    status: int
    text: str


class KeepAnswers(HTTPErrorProcessor):
    """Follows no redirects, and raises for no refusals."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


class Browser:
    """A browser with cookies of its own."""

    def __init__(self, server: Server, cookies: CookieJar | None = None) -> None:
        self.server, self.cookies = server, cookies or CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies), KeepAnswers())

    @classmethod
    def signed_in(cls, server: Server, username: str) -> "Browser":
        browser = cls(server)
        browser.get("/accounts/login/")
        assert browser.post("/accounts/login/", login=username, password=PASSWORD).status == 302
        return browser

    def get(self, address: str) -> Answer:
        return self._ask(Request(f"{self.server.url}{address}"))

    def post(self, address: str, **fields: str) -> Answer:
        [token] = [str(it.value) for it in self.cookies if it.name == "csrftoken"]
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        return self._ask(Request(f"{self.server.url}{address}", body))

    def stolen(self, server: Server) -> "Browser":
        """Another browser that has a copy of the cookies."""
        copies = CookieJar()
        for cookie in self.cookies:
            copies.set_cookie(cookie)
        return Browser(server, copies)

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{it.name}={it.value}" for it in self.cookies)}

    def _ask(self, request: Request) -> Answer:
        with self._opener.open(request) as answer:
            return Answer(answer.status, answer.read().decode())

"""An OpenID Connect provider that signs everybody in as the same person."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLAIMS = {
    "sub": "7",
    "preferred_username": "Ada Lovelace",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
}


class _Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url, origin = urlsplit(self.path), f"http://{self.headers['Host']}"
        match url.path:
            case "/.well-known/openid-configuration":
                self._answer(
                    {
                        "issuer": origin,
                        "authorization_endpoint": f"{origin}/authorize",
                        "token_endpoint": f"{origin}/token",
                        "userinfo_endpoint": f"{origin}/userinfo",
                        "jwks_uri": f"{origin}/keys",
                    }
                )
            case "/authorize":
                self._send_back(parse_qs(url.query))
            case _:
                self._answer(CLAIMS)

    def do_POST(self) -> None:
        self._answer({"access_token": "token", "token_type": "Bearer", "expires_in": 60})

    def log_message(self, *args: Any) -> None:
        pass

    def _send_back(self, query: dict[str, list[str]]) -> None:
        code = urlencode({"code": "code", "state": query["state"][0]})
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri'][0]}?{code}")
        self.end_headers()

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def provider() -> Iterator[str]:
    """The address of a provider."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

